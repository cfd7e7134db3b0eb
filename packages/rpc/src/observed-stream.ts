import { isMessageSource, type MessageSource } from "./message/message-pump.ts";
import { MessageStream } from "./message/message-stream.ts";

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
 * A stream that reports its end.
 */
class ObservedStream extends MessageStream<unknown> {
  readonly #messages: AsyncIterator<unknown> | Iterator<unknown>;
  readonly #observer: StreamObserver;

  constructor(stream: MessageSource, observer: StreamObserver) {
    super();
    this.#messages =
      Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]();
    this.#observer = observer;
  }

  override async next(): Promise<IteratorResult<unknown>> {
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

  override async return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.#observer.left?.();
    return (await this.#messages.return?.(value)) ?? { done: true, value };
  }
}
