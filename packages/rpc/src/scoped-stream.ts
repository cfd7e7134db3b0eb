import type { AsyncScope } from "./context.ts";
import { MessageStream } from "./message/message-stream.ts";

/**
 * A stream of user code that runs in one async context, whatever the context of its reader: a
 * generator would otherwise run in that of each `next()`.
 */
class ScopedStream extends MessageStream<unknown> {
  readonly #scope: AsyncScope;
  readonly #messages: AsyncIterator<unknown>;

  constructor(stream: AsyncIterable<unknown>, scope: AsyncScope) {
    super();
    this.#scope = scope;
    this.#messages = scope(() => stream[Symbol.asyncIterator]());
  }

  override next(): Promise<IteratorResult<unknown>> {
    return this.#scope(() => this.#messages.next());
  }

  override async return(value?: unknown): Promise<IteratorResult<unknown>> {
    const left = await this.#scope(() => this.#messages.return?.(value));
    return left ?? { done: true, value };
  }
}

/** Binds an async iterable to a scope. Returns any other value as it is. */
export function scoped(value: unknown, scope: AsyncScope): unknown {
  return isAsyncIterable(value) ? new ScopedStream(value, scope) : value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
