const MINUTE_MS = 60_000;

/** Bounds the calls of each tool: a token bucket per name that a minute fills. */
export class CallRate {
  readonly #perMinute: number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  /** `perMinute` is also the number of calls that are possible at once. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Takes one call. Returns 0, or the milliseconds until the next call is possible. */
  take(tool: string, nowMs: number = performance.now()): number {
    const { tokens, atMs } = this.#buckets.get(tool) ?? { tokens: this.#perMinute, atMs: nowMs };
    const filled = Math.min(
      this.#perMinute,
      tokens + ((nowMs - atMs) * this.#perMinute) / MINUTE_MS,
    );
    const taken = filled >= 1;
    this.#buckets.set(tool, { tokens: taken ? filled - 1 : filled, atMs: nowMs });
    return taken ? 0 : Math.ceil(((1 - filled) * MINUTE_MS) / this.#perMinute);
  }
}
