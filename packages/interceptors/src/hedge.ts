import { type HedgeOptions, hedgeInterceptor, type Interceptor } from "@aster/rpc/interceptor";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";

export type { HedgeOptions };

/**
 * Makes further attempts of a call while the earlier ones run: the next one after `delayMs`, or at
 * once when one fails with UNAVAILABLE. The first answer counts, and the other attempts are
 * cancelled. A client with it makes no retries of its own.
 *
 * It has an effect on unary calls of idempotent methods on a client, outside of sessions. All
 * attempts share the deadline. They go to the same peer, except on a client that finds its peer in
 * a registry: there every second attempt goes to another producer.
 *
 * Throws `RpcError` INVALID_ARGUMENT for an option out of range.
 */
export function hedge(options: HedgeOptions): Interceptor {
  return hedgeInterceptor(options);
}

/** `new HedgeInterceptor(options)` is {@link hedge}. */
export const HedgeInterceptor: InterceptorClass<typeof hedge> = interceptorClass(
  "HedgeInterceptor",
  hedge,
);
