import type { ResponseStream } from "./response-stream-call.ts";

/** A stream that interceptors still have to let through. Leaving it before then leaves it as soon as it is there. */
export class DeferredStream implements ResponseStream<unknown> {
  readonly #opening: Promise<AsyncIterator<unknown>>;

  constructor(opening: Promise<unknown>) {
    this.#opening = opening.then((stream) => {
      return (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    });
    // whoever reads is told; if nobody reads, nobody wants to know
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
