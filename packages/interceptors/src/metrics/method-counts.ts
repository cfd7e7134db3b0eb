import { statusName } from "@aster/rpc";
import type { CallEnd } from "@aster/rpc/interceptor";
import type { Distribution } from "@aster/rpc/metrics";

/** The upper bounds of the duration buckets, in milliseconds. A last bucket counts longer calls. */
export const DURATION_BUCKETS_MS: readonly number[] = Object.freeze([
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000,
]);

const MS_PER_S = 1_000;
const BOUNDS_S = DURATION_BUCKETS_MS.map((bound) => bound / MS_PER_S);

/** The counts of one method on one side. */
export interface MethodMetrics {
  readonly side: "client" | "server";
  readonly service: string;
  readonly method: string;
  readonly started: number;
  readonly inFlight: number;
  /** The number of ended calls by status name, such as `OK` or `NOT_FOUND`. */
  readonly ended: Readonly<Record<string, number>>;
  /** The number of ended calls per bucket of {@link DURATION_BUCKETS_MS}, then of longer ones. */
  readonly durations: readonly number[];
  readonly totalDurationMs: number;
  /** The number of requests of ended calls. */
  readonly requests: number;
  /** The number of responses of ended calls. */
  readonly responses: number;
}

/** Counts the calls of one method on one side. */
export class MethodCounts {
  readonly side: MethodMetrics["side"];
  readonly service: string;
  readonly method: string;
  started = 0;
  requests = 0;
  responses = 0;
  /** The ended calls by status code; their order is that of the first call of each. */
  readonly #ended = new Map<number, number>();
  readonly #durations: number[] = [...DURATION_BUCKETS_MS, Number.POSITIVE_INFINITY].map(() => 0);
  #endedInAll = 0;
  #totalDurationMs = 0;

  constructor(side: MethodMetrics["side"], service: string, method: string) {
    this.side = side;
    this.service = service;
    this.method = method;
  }

  get inFlight(): number {
    return this.started - this.#endedInAll;
  }

  /** The ended calls by status name. */
  get ended(): Map<string, number> {
    const ended = new Map<string, number>();
    for (const [code, count] of this.#ended) {
      const status = statusName(code);
      ended.set(status, (ended.get(status) ?? 0) + count);
    }
    return ended;
  }

  /** The durations in seconds. */
  get durations(): Distribution {
    return {
      bounds: BOUNDS_S,
      counts: [...this.#durations],
      sum: this.#totalDurationMs / MS_PER_S,
    };
  }

  begin(): undefined {
    this.started++;
  }

  end({ code, durationMs, requests, responses }: CallEnd): void {
    this.#ended.set(code, (this.#ended.get(code) ?? 0) + 1);
    this.#endedInAll++;
    this.#totalDurationMs += durationMs;
    this.requests += requests;
    this.responses += responses;
    let bucket = 0;
    while (durationMs > (DURATION_BUCKETS_MS[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
    this.#durations[bucket] = (this.#durations[bucket] ?? 0) + 1;
  }

  snapshot(): MethodMetrics {
    const { side, service, method, started, inFlight, requests, responses } = this;
    return {
      side,
      service,
      method,
      started,
      inFlight,
      ended: Object.fromEntries(this.ended),
      durations: [...this.#durations],
      totalDurationMs: this.#totalDurationMs,
      requests,
      responses,
    };
  }
}
