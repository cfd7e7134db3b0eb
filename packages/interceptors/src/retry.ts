import { type Interceptor, type PeerRetryOptions, retryInterceptor } from "@aster/rpc/interceptor";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";

export type { PeerRetryOptions };

/**
 * Repeats calls of a client, for a place in its list of interceptors: those behind it run for each
 * attempt, and `call.attempt` counts them. A client with it makes no retries of its own.
 *
 * An idempotent method is called again after UNAVAILABLE, and any method if no server has looked at
 * the call; never after the first response. All attempts share the deadline. It has no effect on a
 * server, nor in a session.
 *
 * Throws `RpcError` INVALID_ARGUMENT for an option out of range.
 */
export function retry(options: PeerRetryOptions = {}): Interceptor {
  return retryInterceptor(options);
}

/** `new RetryInterceptor(options)` is {@link retry}. */
export const RetryInterceptor: InterceptorClass<typeof retry> = interceptorClass(
  "RetryInterceptor",
  retry,
);
