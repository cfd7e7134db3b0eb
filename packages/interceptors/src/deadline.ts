import { checkPositive, type Interceptor, now } from "@aster/rpc/interceptor";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";

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
export function deadline(options: DeadlineOptions): Interceptor {
  checkNames("deadline", options, ["timeoutMs"]);
  const { timeoutMs } = options;
  checkPositive("timeoutMs", timeoutMs);
  return (call, next) =>
    call.side === "client" && call.deadlineAt === undefined
      ? next({ ...call, deadlineAt: now() + timeoutMs })
      : next(call);
}

/** `new DeadlineInterceptor(options)` is {@link deadline}. */
export const DeadlineInterceptor: InterceptorClass<typeof deadline> = interceptorClass(
  "DeadlineInterceptor",
  deadline,
);
