import { atCall, withStack } from "../call-stack.ts";
import { currentScope } from "../context.ts";
import { RpcError } from "../error.ts";
import { now } from "../time/clock.ts";
import { NO_DEADLINE } from "../time/deadline.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import { nextTurn } from "../time/turn.ts";
import { abortedError, asEnding, deadlineError } from "./call-failure.ts";
import type { HeldCall, HeldCalls } from "./held-calls.ts";

export interface CallGuardOptions {
  /** As of `now()`; `Infinity` for none. */
  readonly deadlineAt: number;
  /** The signal of the caller, or of an outer interceptor. */
  readonly signal: AbortSignal | undefined;
  readonly held: HeldCalls;
  /** The code that has not returned, for the text of DEADLINE_EXCEEDED. */
  readonly place: () => string;
}

/**
 * Ends a call at its deadline, when its signal fires and when its client is closed, also while an
 * interceptor is at work.
 *
 * A call with interceptors has one, and one more for each interceptor that passes on a call with
 * another deadline or signal. Its own signal fires at each of these ends. Interceptors and the call
 * on the wire have one turn of the event loop to end with a result or error of their own; then the
 * guard stops waiting for them.
 */
export class CallGuard implements Timed, HeldCall {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  readonly #options: CallGuardOptions;
  readonly #controller = new AbortController();
  readonly #scope = currentScope();
  readonly #waiters = new Set<(error: RpcError) => void>();
  #ended: RpcError | undefined;
  #over = false;

  constructor(options: CallGuardOptions) {
    this.#options = options;
    const { deadlineAt, signal, held } = options;
    if (signal?.aborted) {
      this.handleEvent();
      return;
    }
    if (deadlineAt <= now()) {
      this.end(deadlineError());
      return;
    }
    held.add(this);
    if (deadlineAt !== NO_DEADLINE) timers.add(this, deadlineAt);
    signal?.addEventListener("abort", this);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get deadlineAt(): number {
    return this.#options.deadlineAt;
  }

  /** The error with which the guard ended the call. */
  get ended(): RpcError | undefined {
    return this.#ended;
  }

  /** Resolves and rejects as `work` does, or rejects when the call ends first. */
  settled<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiters.add(reject);
      work.then(
        (value) => {
          this.#waiters.delete(reject);
          resolve(value);
        },
        (error: unknown) => {
          this.#waiters.delete(reject);
          // code that reacts to the signal often throws an error of its own
          reject(error instanceof RpcError ? error : (this.#ended ?? error));
        },
      );
      if (this.#ended !== undefined) void this.#stopWaiting();
    });
  }

  /** As `settled`, for the last result of the call. */
  async result<T>(work: Promise<T>): Promise<T> {
    try {
      return await this.settled(work);
    } catch (error) {
      throw withStack(error);
    } finally {
      this.finish();
    }
  }

  end(error: RpcError): void {
    this.#end(error, asEnding(error));
  }

  expired(): void {
    this.end(deadlineError({ place: this.#options.place() }));
  }

  /** The signal of the caller or of an outer interceptor has fired. */
  handleEvent(): void {
    const signal = this.#options.signal as AbortSignal;
    this.#end(abortedError(signal), signal.reason);
  }

  /** Releases the guard: the call has ended. */
  finish(): void {
    const { signal, held } = this.#options;
    this.#over = true;
    timers.remove(this);
    held.delete(this);
    signal?.removeEventListener("abort", this);
  }

  #end(error: RpcError, reason: unknown): void {
    if (this.#over) return;
    this.#ended = atCall(error);
    this.finish();
    this.#scope(() => this.#controller.abort(reason));
    if (this.#waiters.size > 0) void this.#stopWaiting();
  }

  async #stopWaiting(): Promise<void> {
    await nextTurn();
    for (const reject of this.#waiters) reject(this.#ended as RpcError);
    this.#waiters.clear();
  }
}
