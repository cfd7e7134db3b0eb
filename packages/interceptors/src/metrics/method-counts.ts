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
  readonly ended: Map<string, number> = new Map();
  started = 0;
  requests = 0;
  responses = 0;
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

  /** The durations in seconds. */
  get durations(): Distribution {
    return {
      bounds: BOUNDS_S,
      counts: [...this.#durations],
      sum: this.#totalDurationMs / MS_PER_S,
    };
  }

  end({ code, durationMs, requests, responses }: CallEnd): void {
    const status = statusName(code);
    this.ended.set(status, (this.ended.get(status) ?? 0) + 1);
    this.#endedInAll++;
    this.#totalDurationMs += durationMs;
    this.requests += requests;
    this.responses += responses;
    const bucket = DURATION_BUCKETS_MS.findIndex((bound) => durationMs <= bound);
    const at = bucket < 0 ? DURATION_BUCKETS_MS.length : bucket;
    this.#durations[at] = (this.#durations[at] ?? 0) + 1;
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
