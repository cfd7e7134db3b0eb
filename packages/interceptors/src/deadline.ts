import {
  callHooks,
  checkPositive,
  type Interceptor,
  now,
  optionError,
} from "@aster/rpc/interceptor";
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
 * Sets a deadline for calls that have none. On a client, these are calls with neither a timeout of
 * their own nor a deadline that is inherited from the call being handled, and also those with
 * `timeoutMs: Infinity`. The deadline covers inner interceptors and all attempts of an inner
 * `retry`. On a server, it ends handlers of calls that came without a deadline. Calls that a
 * handler makes inherit the deadline.
 *
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
  return callHooks(({ service, method }) => {
    const ms = own.get(`${service}.${method}`) ?? own.get(service) ?? timeoutMs;
    if (ms === undefined || ms === Number.POSITIVE_INFINITY) return {};
    return {
      begin: ({ deadlineAt }) =>
        deadlineAt === undefined ? { deadlineAt: now() + ms } : undefined,
    };
  });
}

/** `new DeadlineInterceptor(options)` is {@link deadline}. */
export const DeadlineInterceptor: InterceptorClass<typeof deadline> = interceptorClass(
  "DeadlineInterceptor",
  deadline,
);
