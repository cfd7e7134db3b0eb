/** At least the largest size of a message in the sample. */
const STEP_BYTES = 16 * 1024;

/**
 * A random sample of messages that takes one in every 16 KiB of them, at a random place. Long
 * messages are therefore in it more often than short ones, and stand for fewer others.
 */
export class ByteSample {
  /** Bytes before the next place. */
  #left = 0;
  /** Bytes from that place to the end of its 16 KiB. */
  #rest = 0;

  constructor() {
    this.#move();
  }

  /**
   * Returns the number of messages of this size that the next message stands for. It is 0 for one
   * that is not in the sample, and 1 on average. `bytes` must be less than 16 KiB.
   */
  next(bytes: number): number {
    this.#left -= bytes;
    return this.#left > 0 ? 0 : this.#picked(bytes);
  }

  #picked(bytes: number): number {
    let places = 0;
    for (; this.#left <= 0; places += 1) this.#move();
    return (places * STEP_BYTES) / bytes;
  }

  #move(): void {
    const place = 1 + Math.floor(Math.random() * STEP_BYTES);
    this.#left += this.#rest + place;
    this.#rest = STEP_BYTES - place;
  }
}
