import { clearTimer, now, setTimer, type Timer } from "../time/clock.ts";

interface DelayedItem {
  readonly pass: () => void;
  readonly bytes: number;
  readonly dueAt: number;
}

/**
 * Delays items and passes them on in order, each not before its time. An item without a delay
 * passes at once if none is before it.
 */
export class DelayLine {
  #items: DelayedItem[] = [];
  #bytes = 0;
  #timer: Timer | undefined;
  #held = false;
  readonly #onEmpty: () => void;

  /** `onEmpty` is called whenever the last delayed item has passed. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The next item passes at once, unless it has a delay itself. */
  get idle(): boolean {
    return this.#items.length === 0 && !this.#held;
  }

  add(pass: () => void, bytes: number, delayMs: number): void {
    this.#items.push({ pass, bytes, dueAt: now() + delayMs });
    this.#bytes += bytes;
    this.#next();
  }

  /** Passes nothing on until `go`. */
  hold(): void {
    this.#held = true;
    this.#stop();
  }

  go(): void {
    this.#held = false;
    this.#next();
  }

  clear(): void {
    this.#stop();
    this.#items = [];
    this.#bytes = 0;
  }

  #next(): void {
    if (this.#timer !== undefined) return;
    for (let first = this.#items[0]; first !== undefined; first = this.#items[0]) {
      if (this.#held) return;
      const waitMs = first.dueAt - now();
      if (waitMs > 0) {
        this.#timer = setTimer(() => {
          this.#timer = undefined;
          this.#next();
        }, waitMs);
        return;
      }
      this.#items.shift();
      this.#bytes -= first.bytes;
      first.pass();
      if (this.#items.length === 0) this.#onEmpty();
    }
  }

  #stop(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
