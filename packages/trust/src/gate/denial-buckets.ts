/** The state of one key: the denials that it has left. */
interface Bucket {
  left: number;
  /** The monotonic time at which `left` was computed. */
  at: number;
  /** True from the first refusal until no denial has been counted for the whole time. */
  limited: boolean;
}

const MINUTE_MS = 60_000;

/**
 * Limits denials per key to a number a minute, with token buckets: each denial takes one, and they
 * come back evenly. At most 10 000 keys are held; the least recently used one is dropped.
 */
export class DenialBuckets {
  readonly #perMinute: number;
  readonly #mostKeys: number;
  readonly #buckets: Map<string, Bucket> = new Map();

  constructor(perMinute: number, mostKeys = 10_000) {
    this.#perMinute = perMinute;
    this.#mostKeys = mostKeys;
  }

  /** Returns `undefined` if a denial is left, else `"first"` once per burst and then `"again"`. */
  refusal(key: string): "first" | "again" | undefined {
    const bucket = this.#refilled(key);
    if (bucket === undefined || bucket.left >= 1) return undefined;
    if (bucket.limited) return "again";
    bucket.limited = true;
    return "first";
  }

  /** Counts a denial. */
  take(key: string): void {
    if (this.#perMinute === Number.POSITIVE_INFINITY) return;
    const bucket = this.#refilled(key) ?? {
      left: this.#perMinute,
      at: performance.now(),
      limited: false,
    };
    bucket.left = Math.max(0, bucket.left - 1);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= this.#mostKeys) return;
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }

  /** Returns the bucket of a key; `undefined` if it is full. */
  #refilled(key: string): Bucket | undefined {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return undefined;
    const now = performance.now();
    bucket.left += ((now - bucket.at) * this.#perMinute) / MINUTE_MS;
    bucket.at = now;
    if (bucket.left < this.#perMinute) return bucket;
    this.#buckets.delete(key);
    return undefined;
  }
}
