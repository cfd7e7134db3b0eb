import { checkPositive, type Interceptor, now, optionError } from "@aster/rpc/interceptor";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";

export interface DeadlineOptions {
  /** The timeout of a whole call, also of a streaming one. Default: none. */
  readonly timeoutMs?: number | undefined;
  /**
   * The timeouts of single methods, by `Service.method` with the names on the wire, or of all
   * methods of one service, by its name. `Infinity`: none. Default: `timeoutMs`.
   */
  readonly methods?: Readonly<Record<string, number>> | undefined;
}

/**
 * Sets a deadline for calls of a client that have none: neither their own nor one inherited from
 * the call being handled. That includes calls with `timeoutMs: Infinity`. The deadline covers inner
 * interceptors and all attempts of an inner `retry`, and calls that the handler makes inherit it.
 *
 * It has no effect on a server. A server enforces the deadlines of calls and bounds the others
 * itself.
 * Throws `RpcError` INVALID_ARGUMENT for a timeout that is not more than 0, and without any.
 */
export function deadline(options: DeadlineOptions): Interceptor {
  checkNames("deadline", options, ["timeoutMs", "methods"]);
  const { timeoutMs, methods } = options;
  if (timeoutMs === undefined && methods === undefined) {
    throw optionError("timeoutMs", "a positive number of milliseconds", timeoutMs);
  }
  if (timeoutMs !== undefined) checkPositive("timeoutMs", timeoutMs);
  const own = new Map(Object.entries(methods ?? {}));
  for (const [name, ms] of own) checkPositive(`methods.${name}`, ms);
  // the name appears in errors
  return function deadline(call, next) {
    if (call.side === "server" || call.deadlineAt !== undefined) return next(call);
    const { service, method } = call;
    const ms = own.get(`${service}.${method}`) ?? own.get(service) ?? timeoutMs;
    if (ms === undefined || ms === Number.POSITIVE_INFINITY) return next(call);
    return next({ ...call, deadlineAt: now() + ms });
  };
}

/** `new DeadlineInterceptor(options)` is {@link deadline}. */
export const DeadlineInterceptor: InterceptorClass<typeof deadline> = interceptorClass(
  "DeadlineInterceptor",
  deadline,
);
