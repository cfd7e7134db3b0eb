const slots = 256;
const shortest = 3;
const longest = 64;

/** Whether a text takes a number of its own, by which it may appear again. */
export function isNumbered(text: string): boolean {
  return text.length >= shortest && text.length <= longest;
}

/** Finds texts that a message holds already. One slot per hash: a text that lost its place is written again. */
export class TextTable {
  readonly #texts: (string | undefined)[] = new Array<string | undefined>(slots).fill(undefined);
  readonly #numbers = new Uint32Array(slots);
  readonly #used: number[] = [];
  #count = 0;

  /** The number of a text that was here before; otherwise gives it the next one and returns −1. */
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

  /** Forgets everything: the next message begins. */
  clear(): void {
    this.#count = 0;
    const used = this.#used;
    while (used.length > 0) this.#texts[used.pop() as number] = undefined;
  }
}
