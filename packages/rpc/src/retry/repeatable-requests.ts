import type { MethodPattern } from "@aster/contract";
import { streamsRequests } from "../interceptor-chain.ts";
import { isMessageSource, iterate, type MessageSource } from "../message/message-pump.ts";

/** A longer list of requests is not sent again. */
const MAX_REPEATED_ITEMS = 64;

/** Returns true for a request, or a list of requests, that can be sent again from the beginning. */
export function isRepeatedWhole(request: unknown, pattern: MethodPattern): boolean {
  if (!streamsRequests(pattern)) return true;
  const isList = pattern === "client_stream" && Array.isArray(request);
  return isList && request.length <= MAX_REPEATED_ITEMS;
}

type Step = IteratorResult<unknown>;

const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * The request, or the stream of requests, of a call with several attempts.
 *
 * A source other than a short list goes to the first attempt that takes a request from it. Until
 * then an attempt that ends does not end the source.
 */
export class RepeatableRequests {
  readonly #request: unknown;
  readonly #shared: SharedSource | undefined;

  constructor(request: unknown, pattern: MethodPattern) {
    this.#request = request;
    const isWhole = isRepeatedWhole(request, pattern) || !isMessageSource(request);
    this.#shared = isWhole ? undefined : new SharedSource(request);
  }

  /** Another attempt can send the same requests. */
  get repeatable(): boolean {
    return this.#shared === undefined || !this.#shared.taken;
  }

  /** The request of the next attempt. */
  ofAttempt(): unknown {
    return this.#shared === undefined ? this.#request : new AttemptRequests(this.#shared);
  }

  /** There is no further attempt: a source that was not read ends with the last one. */
  release(): void {
    this.#shared?.release();
  }
}

class SharedSource {
  /** A request was taken. */
  taken = false;
  readonly #source: MessageSource;
  #iterator: ReturnType<typeof iterate> | undefined;
  #pending: Promise<Step> | undefined;
  /** The attempt that reads has ended. */
  #left = false;
  #released = false;

  constructor(source: MessageSource) {
    this.#source = source;
  }

  /** The next request, for an attempt that has not ended by then. */
  async next(reader: AttemptRequests): Promise<Step> {
    this.#left = false;
    this.#iterator ??= iterate(this.#source);
    this.#pending ??= Promise.resolve(this.#iterator.next());
    const pending = this.#pending;
    const step = await pending;
    if (reader.left) return done;
    this.#pending = undefined;
    this.taken = true;
    return step;
  }

  /** An attempt reads no more. */
  async leave(): Promise<Step> {
    this.#left = true;
    if (this.taken || this.#released) await this.#iterator?.return?.();
    return done;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (!this.#left || this.taken) return;
    // the call has ended, so errors of its source mean nothing
    this.#pending?.catch(() => {});
    void (async () => this.#iterator?.return?.())().catch(() => {});
  }
}

/** The requests of one attempt. */
class AttemptRequests implements AsyncIterableIterator<unknown> {
  left = false;
  readonly #source: SharedSource;

  constructor(source: SharedSource) {
    this.#source = source;
  }

  next(): Promise<Step> {
    return this.left ? Promise.resolve(done) : this.#source.next(this);
  }

  return(): Promise<Step> {
    this.left = true;
    return this.#source.leave();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
