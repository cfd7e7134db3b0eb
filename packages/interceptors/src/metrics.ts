import { statusName } from "@aster/rpc";
import { checkInteger, type Interceptor, observeCall } from "@aster/rpc/interceptor";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";

/** The upper bounds of the duration buckets, in milliseconds. A last bucket counts longer calls. */
export const DURATION_BUCKETS_MS: readonly number[] = Object.freeze([
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000,
]);

/** The counts of one method. */
export interface MethodMetrics {
  readonly service: string;
  readonly method: string;
  readonly started: number;
  readonly inFlight: number;
  /** The number of ended calls by status name, such as `OK` or `NOT_FOUND`. */
  readonly ended: Readonly<Record<string, number>>;
  /** The number of ended calls per bucket of {@link DURATION_BUCKETS_MS}, then of longer ones. */
  readonly durations: readonly number[];
  readonly totalDurationMs: number;
}

export interface MetricsOptions {
  /**
   * The most methods to count separately, because a peer can send any name. Calls of further
   * methods are counted as service and method `other`. Default: 1 000.
   */
  readonly maxMethods?: number | undefined;
}

export interface MetricsInterceptor extends Interceptor {
  /** A copy of the counts, one entry per method. */
  snapshot(): MethodMetrics[];
}

/**
 * Counts calls and their durations by service and method, on clients and servers. A streaming call
 * ends with its stream.
 */
export function metrics(options: MetricsOptions = {}): MetricsInterceptor {
  checkNames("metrics", options, ["maxMethods"]);
  const { maxMethods = 1_000 } = options;
  checkInteger("maxMethods", maxMethods, 1, Number.MAX_SAFE_INTEGER);
  const counts = new Counts(maxMethods);
  const interceptor: Interceptor = (call, next) => {
    const count = counts.of(call.service, call.method);
    count.started++;
    return observeCall(call, next, ({ code, durationMs }) =>
      count.end(statusName(code), durationMs),
    );
  };
  return Object.assign(interceptor, { snapshot: () => counts.snapshot() });
}

/** `new MetricsInterceptor(options)` is {@link metrics}. */
export const MetricsInterceptor: InterceptorClass<typeof metrics> = interceptorClass(
  "MetricsInterceptor",
  metrics,
);

class Counts {
  readonly #methods: Map<string, Map<string, Count>> = new Map();
  readonly #maxMethods: number;
  readonly #others: Count = new Count("other", "other");
  #size = 0;

  constructor(maxMethods: number) {
    this.#maxMethods = maxMethods;
  }

  of(service: string, method: string): Count {
    const known = this.#methods.get(service)?.get(method);
    if (known !== undefined) return known;
    if (this.#size >= this.#maxMethods) return this.#others;
    const count = new Count(service, method);
    const methods = this.#methods.get(service) ?? new Map<string, Count>();
    this.#methods.set(service, methods.set(method, count));
    this.#size++;
    return count;
  }

  snapshot(): MethodMetrics[] {
    const all = [...this.#methods.values()].flatMap((methods) => [...methods.values()]);
    if (this.#others.started > 0) all.push(this.#others);
    return all.map((count) => count.snapshot());
  }
}

class Count {
  readonly #service: string;
  readonly #method: string;
  readonly #ended: Map<string, number> = new Map();
  readonly #durations: number[] = [...DURATION_BUCKETS_MS, Number.POSITIVE_INFINITY].map(() => 0);
  #endedInAll = 0;
  #totalDurationMs = 0;
  started = 0;

  constructor(service: string, method: string) {
    this.#service = service;
    this.#method = method;
  }

  end(status: string, durationMs: number): void {
    this.#ended.set(status, (this.#ended.get(status) ?? 0) + 1);
    this.#endedInAll++;
    this.#totalDurationMs += durationMs;
    const bucket = DURATION_BUCKETS_MS.findIndex((bound) => durationMs <= bound);
    const at = bucket < 0 ? DURATION_BUCKETS_MS.length : bucket;
    this.#durations[at] = (this.#durations[at] ?? 0) + 1;
  }

  snapshot(): MethodMetrics {
    return {
      service: this.#service,
      method: this.#method,
      started: this.started,
      inFlight: this.started - this.#endedInAll,
      ended: Object.fromEntries(this.#ended),
      durations: [...this.#durations],
      totalDurationMs: this.#totalDurationMs,
    };
  }
}
