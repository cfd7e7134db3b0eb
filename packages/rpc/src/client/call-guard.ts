import { atCall, isAtCall, rejection } from "../call-stack.ts";
import { currentScope } from "../context.ts";
import { RpcError } from "../error.ts";
import { now } from "../time/clock.ts";
import { NO_DEADLINE } from "../time/deadline.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import { nextTurn } from "../time/turn.ts";
import type { CallEnding, EndFollower } from "./call-ending.ts";
import { abortedError, asEnding, deadlineError } from "./call-failure.ts";
import type { ObservedCall } from "./call-options.ts";
import type { HeldCall, HeldCalls } from "./held-calls.ts";

export interface CallGuardOptions {
  /** As of `now()`; `Infinity` for none. */
  readonly deadlineAt: number;
  /** The signal of the caller, or of an outer interceptor. */
  readonly signal: AbortSignal | undefined;
  /** The guard around this one, if it has the same signal. */
  readonly outer?: CallGuard | undefined;
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
export class CallGuard implements Timed, HeldCall, CallEnding, EndFollower {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  earlier: HeldCall | undefined;
  later: HeldCall | undefined;
  readonly #options: CallGuardOptions;
  readonly #controller = new AbortController();
  readonly #scope = currentScope();
  readonly #waiters: ((error: RpcError) => void)[] = [];
  #followers: EndFollower[] | undefined;
  #ended: RpcError | undefined;
  #over = false;

  constructor(options: CallGuardOptions) {
    this.#options = options;
    const { deadlineAt, signal, outer, held } = options;
    if (signal?.aborted) {
      this.handleEvent();
      return;
    }
    if (deadlineAt !== NO_DEADLINE && deadlineAt <= now()) {
      this.end(deadlineError());
      return;
    }
    if (outer === undefined) {
      held.add(this);
      signal?.addEventListener("abort", this);
    } else outer.follow(this);
    if (deadlineAt !== NO_DEADLINE) timers.add(this, deadlineAt);
  }

  /** The signal of the caller, or of an interceptor that passed on another one. */
  get source(): AbortSignal | undefined {
    const { outer, signal } = this.#options;
    return outer === undefined ? signal : outer.source;
  }

  follow(follower: EndFollower): void {
    this.#followers ??= [];
    this.#followers.push(follower);
  }

  unfollow(follower: EndFollower): void {
    remove(this.#followers, follower);
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
      this.#waiters.push(reject);
      work.then(
        (value) => {
          remove(this.#waiters, reject);
          resolve(value);
        },
        (error: unknown) => {
          remove(this.#waiters, reject);
          reject(this.#errorOf(error));
        },
      );
      if (this.#ended !== undefined) void this.#stopWaiting();
    });
  }

  /** As `settled`, for the last result of the call, which `observed` gets before the caller. */
  result<T>(work: Promise<T>, observed?: ObservedCall): Promise<T> {
    return new Promise((resolve, reject) => {
      let settled = false;
      const settle = (): boolean => {
        if (settled) return false;
        settled = true;
        this.finish();
        return true;
      };
      const fail = (error: unknown): void => {
        // a rejection after the result would have no reader
        if (!settle()) return;
        observed?.ended(RpcError.from(error));
        if (isAtCall(error)) resolve(rejection(error));
        else reject(error);
      };
      this.#waiters.push(fail);
      work.then(
        (value) => {
          if (!settle()) return;
          if (observed !== undefined) {
            observed.responses = 1;
            observed.ended(undefined);
          }
          resolve(value);
        },
        (error: unknown) => fail(this.#errorOf(error)),
      );
      if (this.#ended !== undefined) void this.#stopWaiting();
    });
  }

  /** The error of work that failed: code that reacts to the signal often throws one of its own. */
  #errorOf(error: unknown): unknown {
    return error instanceof RpcError ? error : (this.#ended ?? error);
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

  /** The guard around this one has ended the call. */
  callEnded(error: RpcError, reason: unknown): void {
    this.#end(error, reason);
  }

  /** Releases the guard: the call has ended. */
  finish(): void {
    if (this.#over) return;
    const { signal, outer, held } = this.#options;
    this.#over = true;
    timers.remove(this);
    if (outer === undefined) {
      held.delete(this);
      signal?.removeEventListener("abort", this);
    } else outer.unfollow(this);
  }

  #end(error: RpcError, reason: unknown): void {
    if (this.#over) return;
    this.#ended = atCall(error);
    this.finish();
    for (const follower of this.#followers?.splice(0) ?? []) follower.callEnded(error, reason);
    this.#scope(() => this.#controller.abort(reason));
    if (this.#waiters.length > 0) void this.#stopWaiting();
  }

  async #stopWaiting(): Promise<void> {
    await nextTurn();
    for (const reject of this.#waiters.splice(0)) reject(this.#ended as RpcError);
  }
}

/** Removes a value from a list that has few. */
function remove<T>(list: T[] | undefined, value: T): void {
  const at = list?.indexOf(value) ?? -1;
  if (at >= 0) list?.splice(at, 1);
}
