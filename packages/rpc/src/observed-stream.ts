import { isMessageSource, type MessageSource } from "./message/message-pump.ts";

/** The events of a stream. */
export interface StreamObserver {
  message(): void;
  /** The stream has ended. */
  finished?(): void;
  failed?(error: unknown): void;
  /** The reader left the stream before its end. */
  left?(): void;
}

/** Observes a stream of messages while it is read. Returns any other value as it is. */
export function observedStream(value: unknown, observer: StreamObserver): unknown {
  return isMessageSource(value) ? new ObservedStream(value, observer) : value;
}

/**
 * A stream that reports its end. It is not an async generator, because a generator is not notified
 * of a reader that stops before the first message.
 */
class ObservedStream implements AsyncIterableIterator<unknown> {
  readonly #messages: AsyncIterator<unknown> | Iterator<unknown>;
  readonly #observer: StreamObserver;

  constructor(stream: MessageSource, observer: StreamObserver) {
    this.#messages =
      Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]();
    this.#observer = observer;
  }

  async next(): Promise<IteratorResult<unknown>> {
    try {
      const step = await this.#messages.next();
      if (step.done) this.#observer.finished?.();
      else this.#observer.message();
      return step;
    } catch (error) {
      this.#observer.failed?.(error);
      throw error;
    }
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.#observer.left?.();
    return (await this.#messages.return?.(value)) ?? { done: true, value };
  }

  async throw(error?: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
