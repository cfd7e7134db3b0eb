import { LONGEST_TIMER_MS } from "@aster/transport";
import { clearTimer, setTimer, type Timer } from "./clock.ts";
import { type Timed, TimerSlot } from "./timer-slot.ts";

/** More turns expire entries more exactly, and wake the process more often. */
const TURNS = 4;

/**
 * Expires entries that stay in it for a fixed time, at most a quarter of it late.
 *
 * It is made for timeouts that almost never fire: adding and removing reads no clock and sets no
 * timer. A server has one for headers and one for idle sessions. Its own timer does not keep the
 * process alive; `close` ends it.
 */
export class Sweep {
  readonly #slots: readonly TimerSlot[] = Array.from(
    { length: TURNS + 1 },
    (_, i) => new TimerSlot(i),
  );
  #current: TimerSlot = this.#slots[0] as TimerSlot;
  readonly #turnMs: number;
  #timer: Timer | undefined;

  /** A time longer than the longest timer means no limit: entries never expire. */
  constructor(timeoutMs: number) {
    this.#turnMs = timeoutMs / TURNS;
    if (timeoutMs <= LONGEST_TIMER_MS) this.#timer = this.#next();
  }

  add(entry: Timed): void {
    this.#current.add(entry);
  }

  /** No-op when the entry is not in a slot. */
  remove(entry: Timed): void {
    entry.slot?.remove(entry);
  }

  close(): void {
    clearTimer(this.#timer);
  }

  #next(): Timer {
    const timer = setTimer(() => this.#turn(), this.#turnMs);
    timer.unref();
    return timer;
  }

  #turn(): void {
    this.#timer = this.#next();
    const oldest = this.#slots[(this.#current.tick + 1) % this.#slots.length] as TimerSlot;
    while (oldest.first !== undefined) {
      const entry = oldest.first;
      oldest.remove(entry);
      entry.expired();
    }
    this.#current = oldest;
  }
}
