const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Keeps the process alive while something is under way, and not longer. */
export class KeepAlive {
  readonly #timer: NodeJS.Timeout = setInterval(() => {}, LONGEST_TIMER_MS).unref();
  #holds = 0;

  hold(): void {
    this.#holds += 1;
    if (this.#holds === 1) this.#timer.ref();
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
