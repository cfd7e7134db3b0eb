/**
 * The result of a streaming method. A `for await` loop over it takes the responses. Leaving the
 * loop ends the call, and so does `await using`.
 */
export interface ResponseStream<T>
  extends AsyncIterableIterator<T, undefined, undefined>,
    AsyncDisposable {
  /** Ends the call, if it has not ended. */
  return(): Promise<IteratorResult<T, undefined>>;
  /** Ends the call, if it has not ended, and rejects with the error. */
  throw(error?: unknown): Promise<never>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A stream that tells when its call has ended, also if it is not read. */
export interface Endable {
  /**
   * Calls `callback` with the error of the call, or with `undefined` after OK. Further calls of it
   * mean nothing.
   */
  whenEnded(callback: (error: unknown) => void): void;
}

/** The stream of a call that could not be made. */
export class FailedStream implements ResponseStream<never>, Endable {
  readonly #error: unknown;
  readonly #failure: Promise<never>;

  constructor(error: unknown) {
    this.#error = error;
    this.#failure = Promise.reject(error);
    // a stream that is never read must not cause an unhandled rejection
    this.#failure.catch(() => {});
  }

  whenEnded(callback: (error: unknown) => void): void {
    callback(this.#error);
  }

  next(): Promise<never> {
    return this.#failure;
  }

  async return(): Promise<IteratorResult<never, undefined>> {
    return { done: true, value: undefined };
  }

  async throw(error?: unknown): Promise<never> {
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  [Symbol.asyncIterator](): this {
    return this;
  }
}
