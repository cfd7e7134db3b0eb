import type { Clock } from "../../src/clock.ts";

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  constructor(nowMs = 1_795_244_704_123) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Another clock with a constant difference. */
  skewed(byMs: number): Clock {
    return {
      nowMs: () => this.#nowMs + byMs,
      after: (delayMs, callback) => this.after(delayMs, callback),
    };
  }

  /** Moves on, calls what is due in order, and lets its effects happen. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.at);
      due.callback();
      await settled();
    }
    this.#nowMs = end;
    await settled();
  }
}

/** Resolves when the promises that are due have had their effects. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
