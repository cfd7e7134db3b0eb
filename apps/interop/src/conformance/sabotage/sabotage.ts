import type { Interceptor } from "@aster/rpc";
import { RPC_ALPN } from "@aster/rpc";
import type { Node } from "@aster/transport";
import type { Setup } from "../row.ts";
import type { TamperMaker } from "./tamper.ts";
import { TamperedConnection } from "./tampered-connection.ts";

/** One thing that is broken on purpose, and the rows that have to notice it. */
export interface Sabotage {
  readonly name: string;
  /** In the channels of the server, or of the client. */
  readonly server?: TamperMaker;
  readonly client?: TamperMaker;
  /** Outside of all other interceptors. */
  readonly serverInterceptor?: Interceptor;
  readonly clientInterceptor?: Interceptor;
  /** What becomes of the settings that a row asks for. */
  setup?(setup: Setup): Setup;
  /** Titles of rows. */
  readonly fails: readonly string[];
  /** A row that must not notice it, so that it is this that is broken and not everything. Default: a unary call. */
  readonly passes?: string;
}

/** Puts a sabotage into the connections for calls that a new node dials and accepts. */
export function sabotaged(node: Node, tamper: TamperMaker | undefined): Node {
  if (tamper === undefined) return node;
  const dial = node.connect.bind(node);
  node.connect = async (address, alpn, options) => {
    const connection = await dial(address, alpn, options);
    const plain = alpn !== RPC_ALPN || options?.raw === true;
    return plain ? connection : new TamperedConnection(connection, tamper);
  };
  const accept = node.accept.bind(node);
  node.accept = (alpns, options) => {
    const incoming = accept(alpns, options);
    const next = incoming.next.bind(incoming);
    incoming.next = async () => {
      const step = await next();
      if (step.done || step.value.alpn !== RPC_ALPN) return step;
      return { done: false, value: new TamperedConnection(step.value, tamper) };
    };
    return incoming;
  };
  return node;
}
