/** A timer that is set; Node's own are such. */
export interface ClockTimer {
  ref(): unknown;
  unref(): unknown;
  /** Harmless when it has fired or was closed. */
  close(): unknown;
}

/** Where every deadline, timer and back-off of this package takes its time from. */
export interface Clock {
  /** Milliseconds that never go back, as of `performance.now()`. */
  now(): number;
  /** Unix milliseconds. */
  epochMs(): number;
  /** Calls back once. Keeps the process alive until then, unless told otherwise. */
  setTimer(callback: () => void, delayMs: number): ClockTimer;
}

const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
};

let clock = systemClock;

export function now(): number {
  return clock.now();
}

export function epochMs(): number {
  return clock.epochMs();
}

export function setTimer(callback: () => void, delayMs: number): ClockTimer {
  return clock.setTimer(callback, delayMs);
}

/** Puts another clock in the place of the one there is, for tests; the system's when it is left out. */
export function replaceClock(other: Clock = systemClock): void {
  clock = other;
}
