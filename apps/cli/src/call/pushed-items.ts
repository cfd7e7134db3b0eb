/** Requests that are pushed while a call runs. The call reads them one after another. */
export class PushedItems implements AsyncIterable<unknown> {
  readonly #waiting: unknown[] = [];
  #ended = false;
  /** Wakes the reader. */
  #wake: () => void = () => {};
  /** Wakes the sender. */
  #taken: () => void = () => {};

  /** Resolves when the call has taken the item, or has ended. */
  async push(item: unknown): Promise<void> {
    if (this.#ended) return;
    this.#waiting.push(item);
    const taken = new Promise<void>((resolve) => {
      this.#taken = resolve;
    });
    this.#wake();
    await taken;
  }

  end(): void {
    this.#ended = true;
    this.#wake();
    this.#taken();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      while (this.#waiting.length > 0) {
        const item = this.#waiting.shift();
        this.#taken();
        yield item;
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
