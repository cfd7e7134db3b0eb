/** The time of a registry. Tests replace it. */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /**
   * Calls back once, after `delayMs`, unless the returned function is called before. The timer does
   * not keep the process alive.
   */
  after(delayMs: number, callback: () => void): () => void;
}

/** The clock of the system. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref?.();
    return () => clearTimeout(timer);
  },
};
