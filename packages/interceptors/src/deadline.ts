import { type Interceptor, now, RpcError, StatusCode } from "@aster/rpc";

export interface DeadlineOptions {
  /** For a whole call, a streaming one included. */
  readonly timeoutMs: number;
}

/**
 * Gives a client's calls a deadline where they have none: neither of their own nor inherited from the call being handled.
 * A call that asks for `timeoutMs: Infinity` has none.
 *
 * On a server it changes nothing. A server keeps to the deadlines that calls bring, and bounds the others itself.
 * Throws `RpcError` INVALID_ARGUMENT for a `timeoutMs` that is not more than 0.
 */
export function deadlineInterceptor({ timeoutMs }: DeadlineOptions): Interceptor {
  if (!(timeoutMs > 0)) {
    throw new RpcError(
      StatusCode.INVALID_ARGUMENT,
      `timeoutMs must be more than 0, not ${timeoutMs}; leave the interceptor out for no deadline`,
    );
  }
  return (call, next) =>
    call.side === "client" && call.deadlineAt === undefined
      ? next({ ...call, deadlineAt: now() + timeoutMs })
      : next(call);
}
