import { clearTimer, now, setTimer, type Timer } from "../time/clock.ts";

interface Waiting {
  readonly pass: () => void;
  readonly bytes: number;
  readonly dueAt: number;
}

/** Keeps things back and lets them pass in order, each not before its time. What has no wait passes at once if nothing is before it. */
export class DelayLine {
  #waiting: Waiting[] = [];
  #bytes = 0;
  #timer: Timer | undefined;
  #held = false;
  readonly #onEmpty: () => void;

  /** `onEmpty` is told whenever the last of what waited has passed. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What comes next passes at once, unless it has to wait itself. */
  get idle(): boolean {
    return this.#waiting.length === 0 && !this.#held;
  }

  add(pass: () => void, bytes: number, delayMs: number): void {
    this.#waiting.push({ pass, bytes, dueAt: now() + delayMs });
    this.#bytes += bytes;
    this.#next();
  }

  /** Lets nothing pass until `go`. */
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
    this.#waiting = [];
    this.#bytes = 0;
  }

  #next(): void {
    if (this.#timer !== undefined) return;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#held) return;
      const waitMs = first.dueAt - now();
      if (waitMs > 0) {
        this.#timer = setTimer(() => {
          this.#timer = undefined;
          this.#next();
        }, waitMs);
        return;
      }
      this.#waiting.shift();
      this.#bytes -= first.bytes;
      first.pass();
      if (this.#waiting.length === 0) this.#onEmpty();
    }
  }

  #stop(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
