const slots = 256;
/** Lengths of numbered texts. They are part of the format. */
const shortest = 3;
const longest = 64;

/**
 * Returns true if a text gets a number, by which it can be repeated. Short texts take no more bytes
 * than a number, long ones seldom repeat.
 */
export function isNumbered(text: string): boolean {
  return text.length >= shortest && text.length <= longest;
}

/**
 * Finds texts that a message contains already. Each hash has one slot: a text that lost its slot is
 * written again in full.
 */
export class TextTable {
  readonly #texts: (string | undefined)[] = new Array<string | undefined>(slots).fill(undefined);
  readonly #numbers = new Uint32Array(slots);
  readonly #used: number[] = [];
  #count = 0;

  /** Returns the number of a known text. Otherwise gives it the next number and returns −1. */
  add(text: string): number {
    const n = text.length;
    const at =
      (n * 5 +
        text.charCodeAt(0) * 7 +
        text.charCodeAt(n >> 1) * 31 +
        text.charCodeAt(n - 1) * 13) &
      (slots - 1);
    const known = this.#texts[at];
    if (known === text) return this.#numbers[at] as number;
    if (known === undefined) this.#used.push(at);
    this.#texts[at] = text;
    this.#numbers[at] = this.#count++;
    return -1;
  }

  /** Drops all texts, for the next message. */
  clear(): void {
    this.#count = 0;
    const used = this.#used;
    while (used.length > 0) this.#texts[used.pop() as number] = undefined;
  }
}
