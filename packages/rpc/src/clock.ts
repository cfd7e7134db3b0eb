// Where every deadline, timer and back-off of this package takes its time from.

/** Milliseconds that never go back, as of `performance.now()`. */
export function now(): number {
  return performance.now();
}

/** Unix milliseconds. */
export function epochMs(): number {
  return Date.now();
}

/** Calls back once. Keeps the process alive until then, unless told otherwise; `close()` ends it. */
export function setTimer(callback: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(callback, delayMs);
}
