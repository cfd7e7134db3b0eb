/** Something that has news for its owner. */
export interface Recipient {
  /** Tells the news. Never throws. */
  deliver(): void;
}

// so that a pair of peers that keep each other busy does not keep timers and sockets from their turn
const ROUNDS_BEFORE_YIELD = 128;

/**
 * The postman of a memory network: what is sent in one turn is told after it, never inside the sender's call.
 * Costs one microtask for everything that is due, whatever the number of channels and frames.
 */
export class Deliveries {
  #due: Recipient[] = [];
  #rounds = 0;

  /** The caller makes sure that a recipient is not due twice. */
  schedule(recipient: Recipient): void {
    this.#due.push(recipient);
    if (this.#due.length > 1) return;
    if (this.#rounds < ROUNDS_BEFORE_YIELD) {
      this.#rounds += 1;
      queueMicrotask(this.#flush);
    } else {
      this.#rounds = 0;
      setImmediate(this.#flush);
    }
  }

  readonly #flush = (): void => {
    const due = this.#due;
    this.#due = [];
    for (const recipient of due) recipient.deliver();
  };
}
