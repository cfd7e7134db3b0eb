/**
 * A stream of messages, of its `next` and `return`. A subclass is not an async generator, because a
 * generator is not notified of a reader that stops before the first message.
 */
export abstract class MessageStream<T, R = unknown>
  implements AsyncIterableIterator<T, R, undefined>, AsyncDisposable
{
  abstract next(): Promise<IteratorResult<T, R>>;
  abstract return(value?: unknown): Promise<IteratorResult<T, R>>;

  /** Leaves the stream, and rejects with the error. */
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
