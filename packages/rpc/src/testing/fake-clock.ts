import { RpcError } from "../error.ts";
import { optionError } from "../option-check.ts";
import { StatusCode } from "../status.ts";
import { clearTimer, setTimer, type Timer, type TimeSource, takeTimeFrom } from "../time/clock.ts";

export interface FakeClockOptions {
  /** What the wall clock says at first, in Unix milliseconds. Default: what it says in fact. */
  readonly epochMs?: number;
}

/** Time that stands still until a test lets it pass. `using` gives it back. */
export interface FakeClock extends Disposable {
  /** Milliseconds since some time past, as `deadlineAt` of a call counts them. */
  readonly now: number;
  /** Unix milliseconds. */
  readonly epochMs: number;
  /** Timers that are set and not due. */
  readonly timers: number;
  /**
   * Lets this time pass: whatever comes due does so in order, at its time, and each with a turn of the event loop for what follows
   * from it. Resolves a turn after the last. Rejects with INVALID_ARGUMENT for a time that is less than 0.
   */
  advance(ms: number): Promise<void>;
  /** Gives the time back to the system. Timers that are left have the rest of their time in earnest. Harmless when that is done. */
  [Symbol.dispose](): void;
}

// whatever replaces the global one, the turns of the event loop are real
const nextTurn = setImmediate;

let installed: Clock | undefined;

/**
 * Takes over the time of this package, in this process: deadlines, back-off, idle sessions, time-outs of headers. Neither
 * `Date` nor the timers of Node or of other packages are touched, so networks, handlers and `AbortSignal.timeout()` go on as ever.
 *
 * Declare it before the servers and clients, so that it is given back after they are closed: timers from before its time are real.
 * One at a time: a new one takes the place of one that was forgotten. It never keeps a process alive.
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
    if (!(ms >= 0)) {
      throw new RpcError(
        StatusCode.INVALID_ARGUMENT,
        `cannot advance the clock by ${ms} ms; pass 0 or more`,
      );
    }
    const until = this.#now + ms;
    // what the test has begun may be about to set a timer
    await turn();
    for (let timer = this.#earliest(until); timer !== undefined; timer = this.#earliest(until)) {
      this.#now = Math.max(this.#now, timer.dueAt);
      timer.fire();
      await turn();
    }
    this.#now = Math.max(this.#now, until);
    await turn();
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

  /** Of those that are due by then; of several at one time, that which was set first. */
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

  /** The clock is real again. */
  goOn(delayMs: number): void {
    this.#set.delete(this);
    this.#real = setTimer(this.#callback, delayMs);
    if (!this.#keepsAlive) this.#real.unref();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve);
  });
}
