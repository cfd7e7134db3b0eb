import { callHooks, checkInteger, type Interceptor } from "@aster/rpc/interceptor";
import type { MetricFamily, MetricSource } from "@aster/rpc/metrics";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { CountsByMethod } from "./metrics/counts-by-method.ts";
import type { MethodMetrics } from "./metrics/method-counts.ts";
import { methodFamilies } from "./metrics/method-families.ts";
import { checkNames } from "./option-check.ts";

export type { MethodMetrics } from "./metrics/method-counts.ts";
export { DURATION_BUCKETS_MS } from "./metrics/method-counts.ts";

export interface MetricsOptions {
  /**
   * The most methods to count separately on each side, because a peer can send any name. Calls of
   * further methods are counted as service and method `other`. Default: 1 000.
   */
  readonly maxMethods?: number | undefined;
}

export interface MetricsInterceptor extends Interceptor, MetricSource {
  /** A copy of the counts, one entry per method and side. */
  snapshot(): MethodMetrics[];
  /**
   * The counts as metrics for Prometheus, for the option `metrics` of `AsterServer.start` and for
   * `prometheusText` of `@aster/rpc/metrics`.
   */
  collect(): MetricFamily[];
}

/**
 * Counts calls, their durations and their messages by service and method, on clients and servers. A
 * streaming call ends with its stream.
 */
export function metrics(options: MetricsOptions = {}): MetricsInterceptor {
  checkNames("metrics", options, ["maxMethods"]);
  const { maxMethods = 1_000 } = options;
  checkInteger("maxMethods", maxMethods, 1, Number.MAX_SAFE_INTEGER);
  const all = new CountsByMethod(maxMethods);
  const interceptor = callHooks(({ side, service, method }) => {
    const counts = all.of(side, service, method);
    return { begin: () => counts.begin(), end: (end) => counts.end(end) };
  });
  return Object.assign(interceptor, {
    snapshot: () => all.all().map((counts) => counts.snapshot()),
    collect: () => methodFamilies(all.all()),
  });
}

/** `new MetricsInterceptor(options)` is {@link metrics}. */
export const MetricsInterceptor: InterceptorClass<typeof metrics> = interceptorClass(
  "MetricsInterceptor",
  metrics,
);
