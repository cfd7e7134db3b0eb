// The time source of all deadlines, timers and back-offs of this package. Tests replace it.
import { LONGEST_TIMER_MS } from "@aster/transport";
import { runOutsideCalls } from "../context.ts";

/** A pending timer. */
export interface Timer {
  /** Keeps the process alive until the timer fires, as a new timer does. */
  ref(): unknown;
  unref(): unknown;
  /** Cancels the timer. No-op after it has fired. */
  close?(): unknown;
}

/** The time of a test. */
export interface TimeSource {
  now(): number;
  epochMs(): number;
  setTimer(callback: () => void, delayMs: number): Timer;
}

let source: TimeSource | undefined;

/**
 * The monotonic time in milliseconds, in which `deadlineAt` is measured: `performance.now()`, or
 * the clock of a test.
 */
export function now(): number {
  return source === undefined ? performance.now() : source.now();
}

/** The wall clock in Unix milliseconds. */
export function epochMs(): number {
  return source === undefined ? Date.now() : source.epochMs();
}

/**
 * Calls back once, after at most {@link LONGEST_TIMER_MS}. The timer keeps the process alive unless
 * `unref` is called on it. {@link clearTimer} cancels it.
 */
export function setTimer(callback: () => void, delayMs: number): Timer {
  // a timer may serve many calls
  return runOutsideCalls(() =>
    source === undefined
      ? setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS))
      : source.setTimer(callback, delayMs),
  );
}

/**
 * Like {@link setTimer}, but a time longer than {@link LONGEST_TIMER_MS} means no limit: it keeps
 * the process alive and does not call back.
 */
export function setLimit(callback: () => void, limitMs: number): Timer {
  const isEndless = source === undefined && limitMs > LONGEST_TIMER_MS;
  return setTimer(isEndless ? () => {} : callback, limitMs);
}

/** Cancels a timer. No-op for `undefined` and for a timer that has fired. */
export function clearTimer(timer: Timer | undefined): void {
  if (timer === undefined) return;
  if (timer.close !== undefined) timer.close();
  // timers of tests that replace the global functions have no `close`
  else clearTimeout(timer as NodeJS.Timeout);
}

/** Sets the time source; `undefined` is the system. */
export function takeTimeFrom(other: TimeSource | undefined): void {
  source = other;
}

/**
 * Returns a new object when the timer implementation changes, so that callers re-arm their timers.
 */
export function timerMaker(): object {
  return source ?? setTimeout;
}

/**
 * Returns true for a time source whose timers fire at their exact time, so that nothing has to be
 * rounded.
 */
export function isTimeExact(): boolean {
  return source !== undefined;
}
