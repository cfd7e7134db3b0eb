/**
 * A random sample of a sequence: each element is in it with the same probability, whatever was
 * before. It takes one random number per element of the sample.
 */
export class RandomSample {
  /** The logarithm of the probability that an element is not in the sample. */
  readonly #log: number;
  /** Elements before the next one of the sample. */
  #left: number;

  /** Picks one in `size` elements on average. `size` is more than 1. */
  constructor(size: number) {
    this.#log = Math.log(1 - 1 / size);
    this.#left = this.#gap();
  }

  /** Returns true if the next element is in the sample. */
  next(): boolean {
    this.#left -= 1;
    if (this.#left >= 0) return false;
    this.#left = this.#gap();
    return true;
  }

  #gap(): number {
    return Math.floor(Math.log(1 - Math.random()) / this.#log);
  }
}
