import { optionError } from "../option-check.ts";
import { clearTimer, setTimer, type Timer, type TimeSource, takeTimeFrom } from "../time/clock.ts";
import { nextTurn } from "../time/turn.ts";

export interface FakeClockOptions {
  /** The initial wall-clock time, in Unix milliseconds. Default: the real one. */
  readonly epochMs?: number | undefined;
}

/** A clock that stands still until a test advances it. `using` restores the real time. */
export interface FakeClock extends Disposable {
  /** The time in which `deadlineAt` of a call is measured, in milliseconds. */
  readonly now: number;
  /** Unix milliseconds. */
  readonly epochMs: number;
  /** The number of pending timers. */
  readonly timers: number;
  /**
   * Advances the clock. Timers that come due fire in order, each at its time and followed by a turn
   * of the event loop. Resolves one turn after the last. Rejects with INVALID_ARGUMENT for a time
   * that is negative or not finite.
   */
  advance(ms: number): Promise<void>;
  /**
   * Restores the real time. Pending timers continue in real time. No-op when it is restored
   * already.
   */
  [Symbol.dispose](): void;
}

let installed: Clock | undefined;

/**
 * Replaces the clock of this package in this process: for deadlines, back-off, idle sessions and
 * header timeouts. `Date` and the timers of Node.js and other packages stay real, so networks,
 * handlers and `AbortSignal.timeout()` work as usual.
 *
 * Declare it before the servers and clients, so that it is restored after they are closed; timers
 * that were set before it are real. There is one clock at a time: a new one replaces one that was
 * not disposed. It never keeps a process alive.
 *
 * Throws INVALID_ARGUMENT for an `epochMs` that is not finite.
 *
 * ```ts
 * using clock = fakeClock();
 * const call = remote.slow({}, { timeoutMs: 60_000 });
 * await clock.advance(60_000);
 * await expect(call).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
 * ```
 */
export function fakeClock(options: FakeClockOptions = {}): FakeClock {
  const { epochMs = Date.now() } = options;
  if (!Number.isFinite(epochMs)) throw optionError("epochMs", "a finite number", epochMs);
  installed?.[Symbol.dispose]();
  installed = new Clock(epochMs);
  takeTimeFrom(installed.source);
  return installed;
}

class Clock implements FakeClock {
  readonly source: TimeSource = {
    now: () => this.#now,
    epochMs: () => this.epochMs,
    setTimer: (callback, delayMs) => this.#set(callback, delayMs),
  };
  // whole milliseconds, so that sums of times are exact
  #now = Math.ceil(performance.now());
  readonly #startedAt = this.#now;
  readonly #startedEpochMs: number;
  readonly #timers = new Set<FakeTimer>();

  constructor(epochMs: number) {
    this.#startedEpochMs = epochMs;
  }

  get now(): number {
    return this.#now;
  }

  get epochMs(): number {
    return this.#startedEpochMs + this.#now - this.#startedAt;
  }

  get timers(): number {
    return this.#timers.size;
  }

  async advance(ms: number): Promise<void> {
    // timers that repeat would never be done in an infinite time
    if (!Number.isFinite(ms) || ms < 0) throw optionError("ms", "a finite number from 0 on", ms);
    const until = this.#now + ms;
    // a call that the test has begun may be about to set a timer
    await nextTurn();
    for (let timer = this.#earliest(until); timer !== undefined; timer = this.#earliest(until)) {
      this.#now = Math.max(this.#now, timer.dueAt);
      timer.fire();
      await nextTurn();
    }
    this.#now = Math.max(this.#now, until);
    await nextTurn();
  }

  [Symbol.dispose](): void {
    if (installed !== this) return;
    installed = undefined;
    takeTimeFrom(undefined);
    for (const timer of [...this.#timers]) timer.goOn(timer.dueAt - this.#now);
  }

  #set(callback: () => void, delayMs: number): Timer {
    return new FakeTimer(this.#timers, callback, this.#now + Math.max(1, Math.ceil(delayMs)));
  }

  /**
   * Returns the earliest timer that is due by then; of several at one time, the one that was set
   * first.
   */
  #earliest(until: number): FakeTimer | undefined {
    let earliest: FakeTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= until && timer.dueAt < (earliest?.dueAt ?? Number.POSITIVE_INFINITY)) {
        earliest = timer;
      }
    }
    return earliest;
  }
}

class FakeTimer implements Timer {
  readonly dueAt: number;
  readonly #set: Set<FakeTimer>;
  readonly #callback: () => void;
  #keepsAlive = true;
  #real: Timer | undefined;

  constructor(set: Set<FakeTimer>, callback: () => void, dueAt: number) {
    this.#set = set;
    this.#callback = callback;
    this.dueAt = dueAt;
    set.add(this);
  }

  ref(): void {
    this.#keepsAlive = true;
    this.#real?.ref();
  }

  unref(): void {
    this.#keepsAlive = false;
    this.#real?.unref();
  }

  close(): void {
    this.#set.delete(this);
    clearTimer(this.#real);
  }

  fire(): void {
    this.#set.delete(this);
    this.#callback();
  }

  /** Continues in real time. */
  goOn(delayMs: number): void {
    this.#set.delete(this);
    this.#real = setTimer(this.#callback, delayMs);
    if (!this.#keepsAlive) this.#real.unref();
  }
}
