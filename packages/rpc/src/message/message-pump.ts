import { type AsyncScope, currentScope } from "../context.ts";
import { scoped } from "../scoped-stream.ts";
import { isTurnOver, nextTurn } from "../time/turn.ts";

/** The call that a {@link MessagePump} sends messages to. */
export interface PumpTarget {
  /** The call has ended: the pump stops. */
  readonly over: boolean;
  /**
   * Sends one message. Returns `false` when the send buffer is full. Throws for a message that
   * cannot be sent.
   */
  sendMessage(message: unknown): boolean;
  /** Targets of many peers run at once, so that their messages share the event loop. */
  readonly sharesTurns?: boolean;
  /** No message may be sent now, whatever room the send buffer has. Default: false. */
  readonly crowded?: boolean;
  /**
   * Resolves when the send buffer has room, and the target is not crowded. Rejects when the message
   * that waits for it may not.
   */
  drained(waiting?: unknown): Promise<void>;
}

/** A stream of messages; a plain array is one too. */
export type MessageSource = AsyncIterable<unknown> | Iterable<unknown>;

type AnyIterator = AsyncIterator<unknown> | Iterator<unknown>;

/** A source that is always ready must leave the event loop to others now and then. */
const MESSAGES_PER_TURN = 256;

/**
 * Takes messages from an iterable and sends them, as fast as the send buffer drains.
 *
 * A client call runs one for a stream of requests, a server call for a stream of responses. It ends
 * with its source, or when the call ends: then `stop` calls `return()` of the source.
 */
export class MessagePump {
  readonly #target: PumpTarget;
  #iterator: AnyIterator | undefined;
  #wake: (() => void) | undefined;
  #returned: Promise<unknown> | undefined;
  #scope: AsyncScope | undefined;
  /** The last step that the source did not have at once. */
  #pending: PromiseLike<IteratorResult<unknown>> | undefined;
  #taken = false;
  #handedOver = false;

  constructor(target: PumpTarget) {
    this.#target = target;
  }

  /**
   * Resolves with `true` at the end of the source. When the call ends first, it resolves with
   * `false` after the `return()` of the source, so that the `finally` blocks of a generator have
   * run. Rejects with an error of the source, or of a message that cannot be sent.
   */
  async run(source: MessageSource): Promise<boolean> {
    const target = this.#target;
    const iterator = iterate(source);
    this.#iterator = iterator;
    this.#scope = currentScope();
    let left = MESSAGES_PER_TURN;
    while (!target.over) {
      if (left === 0 || (target.sharesTurns && isTurnOver())) {
        left = MESSAGES_PER_TURN;
        await nextTurn();
        continue;
      }
      let step = iterator.next();
      if (isPromiseLike(step)) {
        this.#pending = step;
        step = await step;
      }
      if (this.#handedOver) return false;
      this.#taken = true;
      if (step.done) return !target.over;
      if (target.crowded) await this.#drained(step.value);
      if (target.over) break;
      if (!this.#send(step.value)) await this.#drained();
      left -= 1;
    }
    this.stop();
    await this.#returned;
    return false;
  }

  /** Nothing was taken from the source. */
  get untouched(): boolean {
    return this.#iterator !== undefined && !this.#taken;
  }

  /** Ends, and returns the untouched source for another pump. */
  handOver(): unknown {
    this.#handedOver = true;
    const rest = new UntouchedSource(this.#iterator as AnyIterator, this.#pending);
    return scoped(rest, this.#scope as AsyncScope);
  }

  /** Stops the source. No-op before `run` and after the end. */
  stop(): void {
    this.#wake?.();
    const iterator = this.#iterator;
    if (iterator === undefined || this.#returned !== undefined || this.#handedOver) return;
    // the end of a call comes from a queue or timer that serves many calls
    this.#returned = this.#scope?.(() => leave(iterator));
  }

  #send(message: unknown): boolean {
    try {
      return this.#target.sendMessage(message);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** The buffer of a call that has ended may never drain, so `stop` ends the wait too. */
  #drained(waiting?: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wake = resolve;
      this.#target.drained(waiting).then(resolve, (error) => {
        // before the stop, which resolves
        reject(error);
        this.stop();
      });
    });
  }
}

/** Returns true for an object that a loop can take messages from. */
export function isMessageSource(value: unknown): value is MessageSource {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

/** Begins to read a source. */
export function iterate(source: MessageSource): AnyIterator {
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  return source[Symbol.iterator]();
}

/** Ignores errors of the source: the call has already ended. */
async function leave(iterator: AnyIterator): Promise<void> {
  try {
    await iterator.return?.();
  } catch {}
}

/** Returns whether a value has to be awaited. */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === "function";
}

/** A source that a pump has begun to read, and of which it has taken nothing. */
class UntouchedSource implements AsyncIterableIterator<unknown> {
  readonly #iterator: AnyIterator;
  #first: PromiseLike<IteratorResult<unknown>> | undefined;

  constructor(iterator: AnyIterator, first: PromiseLike<IteratorResult<unknown>> | undefined) {
    this.#iterator = iterator;
    this.#first = first;
  }

  async next(): Promise<IteratorResult<unknown>> {
    const step = this.#first ?? this.#iterator.next();
    this.#first = undefined;
    return step;
  }

  async return(): Promise<IteratorResult<unknown>> {
    return (await this.#iterator.return?.()) ?? { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
