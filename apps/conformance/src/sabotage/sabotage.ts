import type { Interceptor } from "@aster/rpc/interceptor";
import { wrapNode } from "@aster/rpc/testing";
import type { Node } from "@aster/transport";
import type { Setup } from "../row-kinds/setup.ts";
import type { TamperMaker } from "./tamper.ts";
import { TamperedConnection } from "./tampered-connection.ts";

/** One guarantee that is broken on purpose, and the rows that must fail because of it. */
export interface Sabotage {
  readonly name: string;
  /** Tampers with the frames in the server's channels. */
  readonly server?: TamperMaker;
  /** Tampers with the frames in the client's channels. */
  readonly client?: TamperMaker;
  /** Runs before all other interceptors of the server. */
  readonly serverInterceptor?: Interceptor;
  /** Runs before all other interceptors of the client. */
  readonly clientInterceptor?: Interceptor;
  /** Changes the setup of a row. */
  setup?(setup: Setup): Setup;
  /** The titles of the rows that must fail. */
  readonly fails: readonly string[];
  /** A row that must pass, which proves that not everything is broken. Default: a unary call. */
  readonly passes?: string;
}

/** Tampers with all RPC connections that a node dials and accepts. */
export function sabotaged(node: Node, tamper: TamperMaker | undefined): Node {
  if (tamper === undefined) return node;
  return wrapNode(node, (connection) => new TamperedConnection(connection, tamper));
}
