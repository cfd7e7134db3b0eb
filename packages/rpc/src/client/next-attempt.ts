import type { RpcError } from "../error.ts";
import { isUnprocessed } from "../retry/unprocessed.ts";
import { now } from "../time/clock.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import type { BoundMethod } from "./bound-method.ts";
import { abortedError } from "./call-failure.ts";
import type { CallSetup } from "./call-options.ts";
import type { CallTarget } from "./call-target.ts";
import type { HeldCall, HeldCalls } from "./held-calls.ts";

/** An attempt of a call on the wire. */
export interface WireAttempt {
  readonly target: CallTarget;
  readonly bound: BoundMethod;
  readonly setup: CallSetup;
  /** The number of attempts so far, this one included. */
  readonly attempts: number;
}

/**
 * Returns the wait before the next attempt, or `undefined` when the error is the end of the call.
 */
export function nextDelayMs(attempt: WireAttempt, error: unknown): number | undefined {
  const { target, bound, setup, attempts } = attempt;
  const { retries } = target;
  const policy = setup.retry === undefined ? retries?.policy : setup.retry;
  if (retries === undefined || !policy) return undefined;
  const failed = {
    error,
    unprocessed: isUnprocessed(error),
    attempts,
    idempotent: bound.method.idempotent,
    deadlineAt: setup.deadlineAt,
  };
  return policy.delayMs(failed, retries.tokens);
}

/** A call between two attempts. */
export interface WaitingCall {
  /** The wait is over. */
  begin(): void;
  /** The call ends before its next attempt. */
  abort(error: RpcError): void;
}

/**
 * The wait of a call for its next attempt, which the caller's signal and the client's close end.
 */
export class NextAttempt implements Timed, HeldCall {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  readonly #call: WaitingCall;
  readonly #held: HeldCalls;
  readonly #signal: AbortSignal | undefined;

  constructor(call: WaitingCall, delayMs: number, held: HeldCalls, signal?: AbortSignal) {
    this.#call = call;
    this.#held = held;
    this.#signal = signal;
    held.add(this);
    timers.add(this, now() + delayMs);
    signal?.addEventListener("abort", this);
  }

  cancel(): void {
    timers.remove(this);
    this.#held.delete(this);
    this.#signal?.removeEventListener("abort", this);
  }

  expired(): void {
    this.cancel();
    this.#call.begin();
  }

  end(error: RpcError): void {
    this.cancel();
    this.#call.abort(error);
  }

  handleEvent(): void {
    this.end(abortedError(this.#signal as AbortSignal));
  }
}
