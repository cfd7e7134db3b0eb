// Where every deadline, timer and back-off of this package takes its time from.

/** A timer that has been set. */
export interface Timer {
  /** Keeps the process alive until it is due, as a new one does. */
  ref(): unknown;
  unref(): unknown;
  /** Ends it. Harmless when it is due already. */
  close?(): unknown;
}

/** Time that a test has taken over. */
export interface TimeSource {
  now(): number;
  epochMs(): number;
  setTimer(callback: () => void, delayMs: number): Timer;
}

/** The longest delay that timers of Node take; they fire longer ones at once. About 24.8 days. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

let source: TimeSource | undefined;

/** The time that `deadlineAt` is measured in: milliseconds that never go back, as of `performance.now()`, or of a test's clock. */
export function now(): number {
  return source === undefined ? performance.now() : source.now();
}

/** Unix milliseconds. */
export function epochMs(): number {
  return source === undefined ? Date.now() : source.epochMs();
}

/**
 * Calls back once, after at most {@link LONGEST_TIMER_MS}. The timer keeps the process alive unless `unref` is called on it.
 * {@link clearTimer} cancels it.
 */
export function setTimer(callback: () => void, delayMs: number): Timer {
  return source === undefined
    ? setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS))
    : source.setTimer(callback, delayMs);
}

/** Harmless for a timer that is due already, and for none. */
export function clearTimer(timer: Timer | undefined): void {
  if (timer === undefined) return;
  if (timer.close !== undefined) timer.close();
  // of a test that replaced the global functions: its timers have no `close`
  else clearTimeout(timer as NodeJS.Timeout);
}

/** Takes the time from there, or from the system again. */
export function takeTimeFrom(other: TimeSource | undefined): void {
  source = other;
}

/** Another one whenever timers that were set before need not be those that fire now. */
export function timerMaker(): object {
  return source ?? setTimeout;
}

/** Timers fire to the millisecond, so that nothing has to be rounded. */
export function isTimeExact(): boolean {
  return source !== undefined;
}
