import type { AsyncScope } from "./context.ts";

/**
 * A stream of user code that runs in one async context, whatever the context of its reader: a
 * generator would otherwise run in that of each `next()`.
 */
class ScopedStream implements AsyncIterableIterator<unknown> {
  readonly #scope: AsyncScope;
  readonly #messages: AsyncIterator<unknown>;

  constructor(stream: AsyncIterable<unknown>, scope: AsyncScope) {
    this.#scope = scope;
    this.#messages = scope(() => stream[Symbol.asyncIterator]());
  }

  next(): Promise<IteratorResult<unknown>> {
    return this.#scope(() => this.#messages.next());
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    const left = await this.#scope(() => this.#messages.return?.(value));
    return left ?? { done: true, value };
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

/** Binds an async iterable to a scope. Returns any other value as it is. */
export function scoped(value: unknown, scope: AsyncScope): unknown {
  return isAsyncIterable(value) ? new ScopedStream(value, scope) : value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
