import { RpcError } from "../error.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import type { Overflow } from "./broadcast.ts";

interface Reader<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/** The stream of one subscriber of a broadcast. */
export class Subscription<T>
  implements AsyncIterableIterator<T, undefined, undefined>, AsyncDisposable
{
  readonly #capacity: number;
  readonly #overflow: Overflow;
  readonly #signal: AbortSignal | undefined;
  readonly #onEnd: (ended: Subscription<T>) => void;
  #values: T[] = [];
  #readers: Reader<T>[] = [];
  #dropped = 0;
  #over = false;
  #error: unknown;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  /** @internal */
  constructor(
    capacity: number,
    overflow: Overflow,
    signal: AbortSignal | undefined,
    onEnd: (ended: Subscription<T>) => void,
  ) {
    this.#capacity = capacity;
    this.#overflow = overflow;
    this.#signal = signal;
    this.#onEnd = onEnd;
    signal?.addEventListener("abort", this.#leave);
  }

  /** The number of values that this subscriber lost, with `overflow: "dropOldest"`. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @internal Takes a published value. */
  push(value: T): void {
    if (this.#over) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value });
      return;
    }
    if (this.#values.length >= this.#capacity && this.#overflow !== "wait") {
      if (this.#overflow === "endSlow") {
        this.end(slowError(this.#capacity));
        return;
      }
      this.#values.shift();
      this.#dropped += 1;
    }
    this.#values.push(value);
  }

  /** @internal Resolves when there is room for a value; `undefined` if nothing needs to wait. */
  room(): Promise<void> | undefined {
    if (this.#over || this.#overflow !== "wait" || this.#values.length < this.#capacity) {
      return undefined;
    }
    if (this.#room === undefined) {
      let resolve: () => void = () => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      this.#room = { promise, resolve };
    }
    return this.#room.promise;
  }

  /** @internal Ends the stream after the values that are queued, with `error` if there is one. */
  end(error: unknown): void {
    if (this.#over) return;
    this.#close();
    const [first, ...rest] = this.#readers;
    this.#readers = [];
    if (error === undefined || first === undefined) {
      this.#error = error;
      first?.resolve(done);
    } else first.reject(error);
    for (const reader of rest) reader.resolve(done);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#values.length > 0) {
      const value = this.#values.shift() as T;
      if (this.#values.length < this.#capacity) this.#makeRoom();
      return Promise.resolve({ done: false, value });
    }
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) return Promise.reject(error);
    if (this.#over) return Promise.resolve(done);
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  /** Ends the subscription and drops the values that are queued. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#values = [];
    this.end(undefined);
    this.#error = undefined;
    return Promise.resolve(done);
  }

  /** As `return`, and rejects with the error. */
  async throw(error?: unknown): Promise<IteratorResult<T, undefined>> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #leave = (): void => {
    void this.return();
  };

  #close(): void {
    this.#over = true;
    this.#signal?.removeEventListener("abort", this.#leave);
    this.#onEnd(this);
    this.#makeRoom();
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}

function slowError(capacity: number): RpcError {
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `the subscriber left ${capacity} values unread; read faster, or raise the capacity of the broadcast`,
    { details: { reason: RpcReason.BROADCAST_SLOW } },
  );
}
