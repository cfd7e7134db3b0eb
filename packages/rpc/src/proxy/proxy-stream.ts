import type { ResponseStream } from "../client/response-stream.ts";
import { RpcError } from "../error.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";

/**
 * A stream that rejects when it is awaited: without types nothing else tells the caller of that
 * mistake.
 */
export class ProxyStream<T> implements ResponseStream<T>, PromiseLike<never> {
  readonly #stream: ResponseStream<T>;
  readonly #place: string;

  /** `place` is the method as the caller writes it, `Service.method`. */
  constructor(stream: ResponseStream<T>, place: string) {
    this.#stream = stream;
    this.#place = place;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#stream.next();
  }

  return(): Promise<IteratorResult<T, undefined>> {
    return this.#stream.return();
  }

  throw(error?: unknown): Promise<never> {
    return this.#stream.throw(error);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stream[Symbol.asyncDispose]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the call and rejects. */
  // biome-ignore lint/suspicious/noThenProperty: awaiting a stream is the mistake this is for
  then<A = never, B = never>(
    onfulfilled?: ((value: never) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const text = `${this.#place}: read a stream with for await instead of awaiting it; for one response call ${this.#place}(request)`;
    const misuse = new RpcError(StatusCode.INVALID_ARGUMENT, text, {
      details: { reason: RpcReason.PATTERN },
    });
    void this.#stream.return();
    return Promise.reject(misuse).then(onfulfilled, onrejected);
  }
}

/**
 * Makes the promise of a single response throw when it is read as a stream. Changes and returns the
 * promise.
 */
export function singleAnswer<T>(answer: Promise<T>, place: string): Promise<T> {
  const explain = (): never => {
    // this mistake is all that the caller sees, so a failure of the call must not become an
    // unhandled rejection
    answer.catch(() => {});
    throw new RpcError(
      StatusCode.INVALID_ARGUMENT,
      `${place} was called for one response; to read a stream call ${place}.stream(request) or .bidi(requests)`,
      { details: { reason: RpcReason.PATTERN } },
    );
  };
  return Object.defineProperty(answer, Symbol.asyncIterator, { value: explain });
}
