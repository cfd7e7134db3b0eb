/** The permission of the page to send replies: a credit, and a pause. */
export class Flow {
  #credit: number;
  #paused = false;
  #wake: () => void = () => {};

  constructor(credit: number) {
    this.#credit = credit;
  }

  grant(credit: number, paused: boolean): void {
    this.#credit += credit;
    this.#paused = paused;
    if (this.#isOpen) this.#wake();
  }

  /** Takes one reply from the credit, and waits until there is some. Rejects when aborted. */
  async take(signal: AbortSignal): Promise<void> {
    while (!this.#isOpen) await this.#change(signal);
    this.#credit -= 1;
  }

  get #isOpen(): boolean {
    return this.#credit > 0 && !this.#paused;
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      signal.throwIfAborted();
      signal.addEventListener("abort", abort, { once: true });
      this.#wake = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
    });
  }
}
