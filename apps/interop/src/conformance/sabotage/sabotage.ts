import type { Interceptor } from "@aster/rpc";
import { wrapNode } from "@aster/rpc/testing";
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

/** Puts a sabotage around the connections for calls that a node dials and accepts. */
export function sabotaged(node: Node, tamper: TamperMaker | undefined): Node {
  if (tamper === undefined) return node;
  return wrapNode(node, (connection) => new TamperedConnection(connection, tamper));
}
