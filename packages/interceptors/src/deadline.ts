import { RpcError, RpcReason, StatusCode } from "@aster/rpc";
import { type Interceptor, now } from "@aster/rpc/interceptor";

export interface DeadlineOptions {
  /** The timeout of a whole call, also of a streaming one. */
  readonly timeoutMs: number;
}

/**
 * Sets a deadline for calls of a client that have none: neither their own nor one inherited from
 * the call being handled. That includes calls with `timeoutMs: Infinity`.
 *
 * It has no effect on a server. A server enforces the deadlines of calls and bounds the others
 * itself.
 * Throws `RpcError` INVALID_ARGUMENT for a `timeoutMs` that is not more than 0.
 */
export function deadlineInterceptor({ timeoutMs }: DeadlineOptions): Interceptor {
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0)) {
    const got = typeof timeoutMs === "string" ? JSON.stringify(timeoutMs) : String(timeoutMs);
    throw new RpcError(
      StatusCode.INVALID_ARGUMENT,
      `option timeoutMs must be a positive number, got ${got}; leave the interceptor out for no deadline`,
      { details: { reason: RpcReason.OPTION_INVALID, option: "timeoutMs" } },
    );
  }
  return (call, next) =>
    call.side === "client" && call.deadlineAt === undefined
      ? next({ ...call, deadlineAt: now() + timeoutMs })
      : next(call);
}
