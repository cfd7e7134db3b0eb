import { currentCall } from "../context.ts";
import { checkInteger, optionError } from "../option-check.ts";
import { Subscription } from "./subscription.ts";

/**
 * The treatment of a subscriber that has `capacity` unread values: it loses its oldest one
 * (`"dropOldest"`), its stream ends with RESOURCE_EXHAUSTED (`"endSlow"`), or `publish` waits for
 * it (`"wait"`).
 */
export type Overflow = "dropOldest" | "endSlow" | "wait";

export interface BroadcastOptions {
  /** The number of values that a subscriber may leave unread. Default: 256. */
  readonly capacity?: number | undefined;
  /** Default: `"endSlow"`. */
  readonly overflow?: Overflow | undefined;
}

export interface SubscribeOptions {
  /** Ends the subscription. Default: in a handler, the signal of its call. */
  readonly signal?: AbortSignal | undefined;
}

const overflows: readonly unknown[] = ["dropOldest", "endSlow", "wait"] satisfies Overflow[];
const MOST_CAPACITY = 2 ** 31 - 1;
const DEFAULT_CAPACITY = 256;
const atOnce = Promise.resolve();

/**
 * One source of values for many streams, usually the responses of a server stream. Each subscriber
 * has a bounded queue of its own. Values are passed on as they are, not copied.
 */
export class Broadcast<T> implements AsyncDisposable {
  readonly #capacity: number;
  readonly #overflow: Overflow;
  readonly #subscriptions = new Set<Subscription<T>>();
  #ended: { readonly error: unknown } | undefined;

  /** @internal */
  constructor(capacity: number, overflow: Overflow) {
    this.#capacity = capacity;
    this.#overflow = overflow;
  }

  /** The number of subscriptions that have not ended. */
  get size(): number {
    return this.#subscriptions.size;
  }

  /**
   * Passes a value to every subscriber. With `overflow: "wait"` it resolves when each of them has
   * room for another value or has left, else at once. No-op after `end`.
   */
  publish(value: T): Promise<void> {
    let full: Promise<void>[] | undefined;
    for (const subscription of this.#subscriptions) {
      subscription.push(value);
      const room = subscription.room();
      if (room === undefined) continue;
      full ??= [];
      full.push(room);
    }
    return full === undefined ? atOnce : Promise.all(full).then(() => {});
  }

  /**
   * Returns a stream of the values that are published from now on. Leaving a loop over it ends it,
   * and so do `await using`, the signal, and `end`.
   */
  subscribe({ signal = currentCall()?.signal }: SubscribeOptions = {}): Subscription<T> {
    const onEnd = (ended: Subscription<T>): boolean => this.#subscriptions.delete(ended);
    const subscription = new Subscription<T>(this.#capacity, this.#overflow, signal, onEnd);
    this.#subscriptions.add(subscription);
    if (this.#ended !== undefined) subscription.end(this.#ended.error);
    else if (signal?.aborted) void subscription.return();
    return subscription;
  }

  /**
   * Ends all subscriptions, those to come as well, after the values that are queued. With an
   * `error` they end with it. No-op after the first call.
   */
  end(error?: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    for (const subscription of [...this.#subscriptions]) subscription.end(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }
}

/**
 * Makes a broadcast. Throws `RpcError` INVALID_ARGUMENT for an option out of range.
 *
 * ```ts
 * const news = createBroadcast<Item>({ overflow: "dropOldest" });
 * const feed = implement(Feed, { watch: () => news.subscribe() });
 * void news.publish({ text: "…" });
 * ```
 */
export function createBroadcast<T>(options: BroadcastOptions = {}): Broadcast<T> {
  const { capacity = DEFAULT_CAPACITY, overflow = "endSlow" } = options;
  checkInteger("capacity", capacity, 1, MOST_CAPACITY);
  if (!overflows.includes(overflow)) {
    throw optionError("overflow", '"dropOldest", "endSlow" or "wait"', overflow);
  }
  return new Broadcast<T>(capacity, overflow);
}
