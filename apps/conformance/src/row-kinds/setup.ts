import type { RpcLimits } from "@aster/rpc/server";
import type { InterceptorName } from "../service/named-interceptors.ts";

/**
 * The settings of both sides that differ from the defaults. Rows with equal setups share a harness.
 */
export interface Setup {
  readonly serverLimits?: Partial<RpcLimits>;
  readonly clientLimits?: Partial<RpcLimits>;
  readonly serverInterceptors?: readonly InterceptorName[];
  readonly clientInterceptors?: readonly InterceptorName[];
  /** The client takes all methods for idempotent, and waits little between its attempts. */
  readonly idempotent?: boolean;
}

/** Limits a row to some targets. Default: all that can run rows of its kind. */
export interface Only {
  readonly mode?: "xlang" | "json";
  readonly zstd?: boolean;
  readonly transport?: readonly ("memory" | "quic" | "local")[];
}
