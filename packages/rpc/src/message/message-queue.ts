import type { Channel } from "@aster/transport";
import { isAtCall, rejection, withStack } from "../call-stack.ts";
import { MessageStream } from "./message-stream.ts";

interface Waiter<T> {
  readonly resolve: (
    result: IteratorResult<T, undefined> | PromiseLike<IteratorResult<T, undefined>>,
  ) => void;
  readonly reject: (error: unknown) => void;
}

/** Read messages are cut off in blocks, so that reading one does not move all others. */
const COMPACT_AT = 1024;
const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/** Memory of messages that were read is reported in steps of this size. */
const FREE_STEP_BYTES = 16 * 1024;

export interface MessageQueueBounds {
  readonly maxQueuedItems: number;
  readonly maxQueuedBytes: number;
}

/**
 * The queue between the channel that pushes the messages of a stream and the loop that reads them.
 *
 * A client call has one for its responses, a server call for its requests. The queue pauses the
 * channel at its bounds and resumes it at half of them. The reader gets the messages that were
 * pushed before the end or an error, then the end or the error, once.
 */
export class MessageQueue<T> extends MessageStream<T, undefined> {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #onReturn: () => void;
  readonly #onRead: ((heldBytes: number) => void) | undefined;
  #channel: Channel | undefined;
  #items: (T | Promise<T> | undefined)[] = [];
  /** The bytes of the messages, as `~bytes` of those that have an entry in `#extras`. */
  #sizes: number[] = [];
  /** In order, the memory of messages beyond their bytes, if there is any. */
  #extras: number[] = [];
  /** The memory of the messages that the reader works on. */
  #reading = 0;
  #head = 0;
  #taken = 0;
  #bytes = 0;
  #paused = false;
  #blocked = false;
  #ended = false;
  #left = false;
  #error: unknown;
  #waiters: Waiter<T>[] = [];

  /**
   * `onReturn` is called when the reader leaves before the end. `onRead` gets the memory of
   * messages when the reader asks for further ones, and of those that are dropped.
   */
  constructor(
    bounds: MessageQueueBounds,
    onReturn: () => void,
    onRead?: (heldBytes: number) => void,
  ) {
    super();
    this.#maxItems = bounds.maxQueuedItems;
    this.#maxBytes = bounds.maxQueuedBytes;
    this.#onReturn = onReturn;
    this.#onRead = onRead;
  }

  /** The number of messages that wait for the reader. */
  get waiting(): number {
    return this.#items.length - this.#head;
  }

  /** The number of messages that the reader has got. */
  get taken(): number {
    return this.#taken;
  }

  /** The reader gets the end, or this error. It may be called again after that. */
  protected passed(_error: unknown): void {}

  /** A reader waits for the next message. */
  get awaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** Pauses the channel until {@link MessageQueue.unblock}, however few messages wait. */
  block(): void {
    this.#blocked = true;
    if (!this.#paused) this.#channel?.pause();
  }

  unblock(): void {
    this.#blocked = false;
    if (!this.#paused) this.#channel?.resume();
  }

  /** Sets the channel to pause while the queue is full. */
  feedFrom(channel: Channel): void {
    this.#channel = channel;
    if (this.#paused) channel.pause();
  }

  /**
   * Adds a message, or the promise of one, which the reader then waits for. `extraBytes` is the
   * memory that it takes beyond its bytes.
   */
  push(value: T | Promise<T>, bytes: number, extraBytes = 0): void {
    if (this.#ended) return;
    const waiter = this.#waiters.length > 0 ? this.#waiters.shift() : undefined;
    if (waiter !== undefined) {
      this.#taken += 1;
      this.#reading += bytes + extraBytes;
      waiter.resolve(resultOf(value));
      return;
    }
    this.#items.push(value);
    this.#sizes.push(extraBytes === 0 ? bytes : ~bytes);
    if (extraBytes !== 0) this.#extras.push(extraBytes);
    this.#bytes += bytes;
    if (this.#paused) return;
    if (this.#items.length - this.#head >= this.#maxItems || this.#bytes >= this.#maxBytes) {
      this.#paused = true;
      if (!this.#blocked) this.#channel?.pause();
    }
  }

  /** Ends the stream after the messages that are queued. */
  finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#waiters.length > 0) this.passed(undefined);
    for (const waiter of this.#waiters) waiter.resolve(done);
    this.#waiters = [];
  }

  /** As `finish`, but the reader then gets the error. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const [first, ...rest] = this.#waiters;
    this.#waiters = [];
    if (first !== undefined) this.passed(error);
    if (first === undefined) this.#error = { error };
    else if (isAtCall(error)) first.resolve(rejection(error));
    else first.reject(error);
    for (const waiter of rest) waiter.resolve(done);
  }

  /**
   * Drops the messages that were not read and gives the error to the reader, also after the end:
   * the reader must not take the part that it has read for the whole.
   */
  abandon(error: unknown): void {
    this.#drop();
    if (this.#left) return;
    this.#ended = false;
    this.fail(error);
  }

  override next(): Promise<IteratorResult<T, undefined>> {
    if (this.#head < this.#items.length) {
      if (this.#reading >= FREE_STEP_BYTES) this.#freeRead();
      return Promise.resolve(resultOf(this.#shift()));
    }
    if (this.#reading > 0) this.#freeRead();
    if (this.#error !== undefined) {
      const { error } = this.#error as { error: unknown };
      this.#error = undefined;
      this.passed(error);
      return Promise.reject(withStack(error));
    }
    if (this.#ended) {
      this.passed(undefined);
      return Promise.resolve(done);
    }
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  override return(): Promise<IteratorResult<T, undefined>> {
    const early = !this.#ended || this.#head < this.#items.length;
    this.#drop();
    this.#error = undefined;
    this.finish();
    this.#left = true;
    if (early) this.#onReturn();
    return Promise.resolve(done);
  }

  #shift(): T | Promise<T> {
    this.#taken += 1;
    const value = this.#items[this.#head] as T | Promise<T>;
    let bytes = this.#sizes[this.#head] as number;
    if (bytes < 0) {
      bytes = ~bytes;
      this.#reading += this.#extras.shift() as number;
    }
    this.#bytes -= bytes;
    this.#reading += bytes;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#sizes.length = 0;
      this.#head = 0;
    } else if (this.#head === COMPACT_AT) {
      this.#items.splice(0, COMPACT_AT);
      this.#sizes.splice(0, COMPACT_AT);
      this.#head = 0;
    }
    if (this.#paused) this.#resumeWhenLow();
    return value;
  }

  #resumeWhenLow(): void {
    const items = this.#items.length - this.#head;
    if (items > this.#maxItems / 2 || this.#bytes > this.#maxBytes / 2) return;
    this.#paused = false;
    if (!this.#blocked) this.#channel?.resume();
  }

  #freeRead(): void {
    const bytes = this.#reading;
    this.#reading = 0;
    this.#onRead?.(bytes);
  }

  #drop(): void {
    this.#reading += this.#extras.reduce((sum, bytes) => sum + bytes, this.#bytes);
    this.#items = [];
    this.#sizes = [];
    this.#extras = [];
    this.#head = 0;
    this.#bytes = 0;
    if (this.#reading > 0) this.#freeRead();
    if (this.#paused) this.#resumeWhenLow();
  }
}

function resultOf<T>(
  value: T | Promise<T>,
): IteratorResult<T, undefined> | Promise<IteratorResult<T, undefined>> {
  if (!(value instanceof Promise)) return { done: false, value };
  return value.then((message) => ({ done: false, value: message }));
}
