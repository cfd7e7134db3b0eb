/** A connection or channel that has something to deliver. */
export interface Recipient {
  /** Delivers what has arrived. Never throws. */
  deliver(): void;
}

/** Two peers that keep each other busy must leave timers and sockets their turn. */
const ROUNDS_BEFORE_YIELD = 128;

/**
 * The delivery queue of a memory network. What is sent in one turn is delivered after it, never
 * inside the call of the sender.
 *
 * All that is due costs one microtask, whatever the number of channels and frames.
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
