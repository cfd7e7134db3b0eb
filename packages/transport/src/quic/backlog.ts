/** Bytes that a connection sends before the native side counts what is in its send buffers. */
const STEP_BYTES = 1024 * 1024;

/**
 * The bytes in the send buffers of one connection: those that the native side has counted, and
 * those that were sent since.
 *
 * The native side counts when the sum has changed much, and after every MiB that was sent. Less
 * than a MiB that was sent since does not count yet, so that most sends cost one addition.
 */
export class Backlog {
  readonly #measure: () => void;
  readonly #changed: (bytes: number) => void;
  #counted = 0;
  /** Sent before the count that is under way. */
  #asked = 0;
  #since = 0;
  #told = 0;

  /** `measure` asks the native side to count. `changed` gets each change of the sum. */
  constructor(measure: () => void, changed: (bytes: number) => void) {
    this.#measure = measure;
    this.#changed = changed;
  }

  sent(bytes: number): void {
    this.#since += bytes;
    if (this.#since >= STEP_BYTES) this.#askOrTell();
  }

  /** `isAnswer`: the native side was asked for this count. */
  counted(bytes: number, isAnswer: boolean): void {
    // what was sent before the count that is under way must not count twice
    const more = !isAnswer && this.#asked > 0 && bytes > this.#counted;
    if (!more) this.#counted = bytes;
    if (isAnswer) this.#asked = 0;
    if (this.#since >= STEP_BYTES) this.#askOrTell();
    else this.#tell();
  }

  /** The buffers are gone. */
  drop(): void {
    this.#counted = 0;
    this.#asked = 0;
    this.#since = 0;
    this.#tell();
  }

  #askOrTell(): void {
    if (this.#asked === 0) {
      this.#asked = this.#since;
      this.#since = 0;
      this.#measure();
    }
    this.#tell();
  }

  #tell(): void {
    const since = this.#since >= STEP_BYTES ? this.#since : 0;
    const change = this.#counted + this.#asked + since - this.#told;
    if (change === 0) return;
    this.#told += change;
    this.#changed(change);
  }
}
