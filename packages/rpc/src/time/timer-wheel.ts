import { clearTimer, isTimeExact, now, setTimer, type Timer, timerMaker } from "./clock.ts";
import { type Timed, TimerSlot } from "./timer-slot.ts";

/** Deadlines are late by at most this, and those of one tick share a slot. */
const TICK_MS = 4;

/**
 * The deadlines of very many calls, on one timer.
 *
 * Almost all entries leave before their time, so adding and removing has to be cheap: each is one
 * list operation, and the timer is set for the earliest slot only. The timer wheel keeps the
 * process alive while it has entries.
 */
export class TimerWheel {
  readonly #slots: Map<number, TimerSlot> = new Map();
  #timer: Timer | undefined;
  #timerMaker: object | undefined;
  #timerTick = Number.POSITIVE_INFINITY;
  #entries = 0;

  /** `at` is a reading of `now()`. */
  add(entry: Timed, at: number): void {
    const tick = isTimeExact() ? at / TICK_MS : Math.ceil(at / TICK_MS);
    let slot = this.#slots.get(tick);
    if (slot === undefined) {
      slot = new TimerSlot(tick);
      this.#slots.set(tick, slot);
    }
    slot.add(entry);
    this.#entries += 1;
    if (tick < this.#timerTick) this.#set(tick);
    else if (this.#timerMaker !== timerMaker()) this.#set(this.#earliestTick());
    else if (this.#entries === 1) this.#timer?.ref();
  }

  /** No-op when the entry is not in this timer wheel. */
  remove(entry: Timed): void {
    const slot = entry.slot;
    if (slot === undefined) return;
    slot.remove(entry);
    if (slot.first === undefined) this.#slots.delete(slot.tick);
    this.#entries -= 1;
    if (this.#entries === 0) this.#timer?.unref();
  }

  /** For a new timer implementation, in which the timer that was set may never fire. */
  #earliestTick(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const tick of this.#slots.keys()) earliest = Math.min(earliest, tick);
    return earliest;
  }

  #set(tick: number): void {
    clearTimer(this.#timer);
    this.#timerTick = tick;
    // Node warns of delays below 1
    this.#timer = setTimer(this.#turn, Math.max(1, tick * TICK_MS - now()));
    this.#timerMaker = timerMaker();
  }

  readonly #turn = (): void => {
    this.#timer = undefined;
    this.#timerTick = Number.POSITIVE_INFINITY;
    const due = now() / TICK_MS;
    let next = Number.POSITIVE_INFINITY;
    for (const slot of [...this.#slots.values()]) {
      if (slot.tick > due) {
        next = Math.min(next, slot.tick);
        continue;
      }
      while (slot.first !== undefined) {
        const entry = slot.first;
        this.remove(entry);
        entry.expired();
      }
    }
    // an entry that expired may have added an earlier one
    if (next < this.#timerTick) this.#set(next);
  };
}

/** The timer wheel of all calls in this process. */
export const timers: TimerWheel = new TimerWheel();
