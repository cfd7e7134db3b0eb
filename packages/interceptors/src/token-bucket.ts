import { Semaphore } from "./semaphore.ts";

/** Sums of times are not exact. */
const ROUNDING_MS = 1e-6;

/** The rate of all buckets of one limit. */
export interface BucketRate {
  /** The time in which a bucket gets one token. */
  readonly intervalMs: number;
  /** The tokens of a full bucket. */
  readonly burst: number;
}

/**
 * A token bucket. It is full at first, and is the time at which it will be full again: no timer
 * fills it. Times are readings of `now()`.
 */
export class TokenBucket {
  readonly #rate: BucketRate;
  #fullAt = Number.NEGATIVE_INFINITY;
  /** The calls that wait for a token; the one with the permit is the next to get one. */
  line: Semaphore | undefined;

  constructor(rate: BucketRate) {
    this.#rate = rate;
  }

  /** Takes a token. Returns 0, or the time until there is one. */
  take(at: number): number {
    const missingMs = this.waitMs(at, 1);
    if (missingMs > 0) return missingMs;
    this.#fullAt = Math.max(this.#fullAt, at) + this.#rate.intervalMs;
    return 0;
  }

  /** The time until so many tokens will have been there; 0 if they are there now. */
  waitMs(at: number, tokens: number): number {
    const { intervalMs, burst } = this.#rate;
    const missingMs = Math.max(this.#fullAt, at) - at - (burst - tokens) * intervalMs;
    return missingMs > ROUNDING_MS ? missingMs : 0;
  }

  /** Returns true for a bucket that is as good as a new one. */
  isFull(at: number): boolean {
    return this.#fullAt <= at && this.line === undefined;
  }

  /** The line, made on first use. A call that has entered it calls {@link leave} in the end. */
  enter(): Semaphore {
    this.line ??= new Semaphore(1);
    return this.line;
  }

  /** Gives the place of the next token to the next one in the line. */
  leave(): void {
    const { line } = this;
    line?.release();
    if (line?.idle) this.line = undefined;
  }
}
