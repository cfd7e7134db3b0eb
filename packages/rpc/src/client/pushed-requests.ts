import { RpcError } from "../error.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";

interface Send {
  readonly message: unknown;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

type Result = IteratorResult<unknown, undefined>;

const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * The requests that a program pushes into a call, as the source that the call reads.
 *
 * A send is settled when the call reads on after it: then its message is on its way and there is
 * room for another one. Sends that the call never reads get its status.
 */
export class PushedRequests implements AsyncIterableIterator<unknown, undefined, undefined> {
  #waiting: Send[] = [];
  /** The message that the call has read, and is sending. */
  #read: Send | undefined;
  #reader: ((result: Result) => void) | undefined;
  #ended = false;
  #status: { readonly error: unknown } | undefined;
  readonly #onLeave: () => void;

  /** `onLeave` is called when the call stops reading. */
  constructor(onLeave: () => void = () => {}) {
    this.#onLeave = onLeave;
  }

  /** Rejects with the status of the call when it is over, and FAILED_PRECONDITION after `end`. */
  send(message: unknown): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => {
      if (this.#status !== undefined) reject(this.#status.error);
      else if (this.#ended) reject(overError("no request can follow end(); make another call"));
      else {
        this.#waiting.push({ message, resolve, reject });
        this.#feed();
      }
    });
    // the call has the same error, so a send may be left alone
    sent.catch(() => {});
    return sent;
  }

  /** Ends the requests, after those that wait. No-op when they have ended. */
  end(): void {
    this.#ended = true;
    this.#feed();
  }

  /** The call is over, with `error` or with OK. */
  settle(error: unknown): void {
    if (this.#status !== undefined) return;
    const text = "the call has ended, and its server reads no more requests; see its responses";
    this.#status = { error: error ?? overError(text) };
    const unsent = this.#waiting;
    this.#waiting = [];
    if (this.#read !== undefined) unsent.unshift(this.#read);
    this.#read = undefined;
    for (const { reject } of unsent) reject(this.#status.error);
    this.#answer(done);
  }

  next(): Promise<Result> {
    this.#read?.resolve();
    this.#read = undefined;
    return new Promise((resolve) => {
      this.#reader = resolve;
      this.#feed();
    });
  }

  return(): Promise<Result> {
    this.#answer(done);
    this.#onLeave();
    return Promise.resolve(done);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #feed(): void {
    if (this.#reader === undefined) return;
    const send = this.#waiting.shift();
    if (send !== undefined) {
      this.#read = send;
      this.#answer({ done: false, value: send.message });
    } else if (this.#ended || this.#status !== undefined) this.#answer(done);
  }

  #answer(result: Result): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.(result);
  }
}

function overError(text: string): RpcError {
  const details = { reason: RpcReason.CALL_OVER };
  return new RpcError(StatusCode.FAILED_PRECONDITION, text, { details });
}
