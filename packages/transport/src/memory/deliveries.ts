import { outsideCalls, setImmediate } from "../turns.ts";

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
 * All that is due costs one promise, whatever the number of channels and frames.
 */
export class Deliveries {
  #due: Recipient[] = [];
  #rounds = 0;
  #wake: () => void = () => {};
  readonly #capture = (resolve: () => void): void => {
    this.#wake = resolve;
  };

  constructor() {
    outsideCalls(() => this.#await());
  }

  /** The caller makes sure that a recipient is not due twice. */
  schedule(recipient: Recipient): void {
    this.#due.push(recipient);
    if (this.#due.length > 1) return;
    if (this.#rounds < ROUNDS_BEFORE_YIELD) {
      this.#rounds += 1;
      this.#wake();
    } else {
      this.#rounds = 0;
      setImmediate(this.#wake);
    }
  }

  /** A reaction runs in the async context in which it was added, not in that of the sender. */
  #await(): void {
    void new Promise<void>(this.#capture).then(this.#flush);
  }

  readonly #flush = (): void => {
    const due = this.#due;
    this.#due = [];
    this.#await();
    for (const recipient of due) recipient.deliver();
  };
}
