import type { ResponseStream } from "../client/response-stream.ts";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";

/** A stream that says so when somebody awaits it, which types do not prevent where none are known. */
export class PlainStream<T> implements ResponseStream<T>, PromiseLike<never> {
  readonly #stream: ResponseStream<T>;
  readonly #place: string;

  /** `place` is how the call is written, `Service.method`. */
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
    const text = `${this.#place}: a stream is read with for await, not awaited; for one answer call ${this.#place}(request)`;
    const misuse = new RpcError(StatusCode.INVALID_ARGUMENT, text, {
      details: { reason: "pattern" },
    });
    void this.#stream.return();
    return Promise.reject(misuse).then(onfulfilled, onrejected);
  }
}

/** The answer of a call that says so when somebody reads it as a stream. Changes and returns the promise. */
export function plainAnswer<T>(answer: Promise<T>, place: string): Promise<T> {
  const explain = (): never => {
    // whoever made this mistake hears of it, so nobody is left to hear how the call ends
    answer.catch(() => {});
    throw new RpcError(
      StatusCode.INVALID_ARGUMENT,
      `${place} was called for one answer; to read a stream call ${place}.stream(request), or .bidi(requests)`,
      { details: { reason: "pattern" } },
    );
  };
  return Object.defineProperty(answer, Symbol.asyncIterator, { value: explain });
}
