/** A bound of messages: so many at once, and so many per second on average. */
export interface MessageRateOptions {
  readonly burst: number;
  readonly perSecond: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** The rates of several senders. A sender that sends nothing for long costs no memory. */
export class MessageRate {
  readonly #options: MessageRateOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: MessageRateOptions) {
    this.#options = options;
  }

  /** Returns `false` for a message over the rate of its sender. `nowMs` is monotonic. */
  take(sender: string, nowMs: number): boolean {
    const { burst, perSecond } = this.#options;
    const bucket = this.#buckets.get(sender) ?? { tokens: burst, atMs: nowMs };
    const gained = ((nowMs - bucket.atMs) / 1_000) * perSecond;
    bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, gained));
    bucket.atMs = nowMs;
    this.#buckets.set(sender, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Forgets the senders whose burst is available again. */
  sweep(nowMs: number): void {
    const { burst, perSecond } = this.#options;
    const fullAfterMs = (burst / perSecond) * 1_000;
    for (const [sender, { atMs }] of this.#buckets) {
      if (nowMs - atMs >= fullAfterMs) this.#buckets.delete(sender);
    }
  }
}
