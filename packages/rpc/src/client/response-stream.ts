/**
 * The result of a streaming method. A `for await` loop over it takes the responses. Leaving the
 * loop ends the call, and so does `await using`.
 */
export interface ResponseStream<T>
  extends AsyncIterableIterator<T, undefined, undefined>,
    AsyncDisposable {
  /** Ends the call, if it has not ended. */
  return(): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A stream that interceptors have not opened yet. Leaving it before then leaves it as soon as it is
 * open.
 */
export class DeferredStream implements ResponseStream<unknown> {
  readonly #opening: Promise<AsyncIterator<unknown>>;

  constructor(opening: Promise<unknown>) {
    this.#opening = opening.then((stream) => {
      return (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    });
    // `next()` rejects with the error; a stream that is never read must not cause an unhandled
    // rejection
    this.#opening.catch(() => {});
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    return (await this.#opening).next();
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    const stream = await this.#opening.catch(() => undefined);
    await stream?.return?.();
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
