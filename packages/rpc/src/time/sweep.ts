import { clearTimer, setTimer, type Timer } from "./clock.ts";
import { type Timed, TimerSlot } from "./timer-slot.ts";

const TURNS = 4;

/**
 * Expires what stays in it for longer than one fixed time, late by a quarter of it at most.
 *
 * For bounds that nearly nothing ever reaches: entering and leaving read no clock and set no timer.
 * Its timer does not keep the process alive; `close` ends it.
 */
export class Sweep {
  readonly #slots: readonly TimerSlot[] = Array.from(
    { length: TURNS + 1 },
    (_, i) => new TimerSlot(i),
  );
  #current: TimerSlot = this.#slots[0] as TimerSlot;
  readonly #turnMs: number;
  #timer: Timer;

  constructor(timeoutMs: number) {
    this.#turnMs = timeoutMs / TURNS;
    this.#timer = this.#next();
  }

  add(entry: Timed): void {
    this.#current.add(entry);
  }

  /** Harmless when the entry is in no slot. */
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
