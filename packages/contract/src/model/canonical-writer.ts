const utf8 = new TextEncoder();

export const OPTIONAL_ABSENT = 0xfd;
export const OPTIONAL_PRESENT = 0x00;
/** Follows the count of every list, even of an empty one. */
export const LIST_MARK = 0x0c;
/** The low two bits of the length of a string. */
export const STRING_MARK = 2;

/** Writes the primitives of docs/contract.md, "Canonical bytes", one after the other. */
export class CanonicalWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A copy of the bytes written so far. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
    }
    return start;
  }

  #byte(value: number): void {
    const index = this.#reserve(1);
    this.#bytes[index] = value;
  }

  #raw(bytes: Uint8Array): void {
    const index = this.#reserve(bytes.length);
    this.#bytes.set(bytes, index);
  }

  unsigned(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#byte(rest);
  }

  /** A 32-bit signed integer. */
  signed(value: number): void {
    this.unsigned(((value << 1) ^ (value >> 31)) >>> 0);
  }

  string(value: string): void {
    if (this.#ascii(value)) return;
    const bytes = utf8.encode(value);
    this.unsigned(bytes.length * 4 + STRING_MARK);
    this.#raw(bytes);
  }

  /** A faster path: most names are ASCII and too short to be worth an encoder. */
  #ascii(value: string): boolean {
    for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0x7f) return false;
    this.unsigned(value.length * 4 + STRING_MARK);
    const start = this.#reserve(value.length);
    for (let i = 0; i < value.length; i++) this.#bytes[start + i] = value.charCodeAt(i);
    return true;
  }

  bytes(value: Uint8Array): void {
    this.unsigned(value.length);
    this.#raw(value);
  }

  bool(value: boolean): void {
    this.#byte(value ? 1 : 0);
  }

  float64(value: number): void {
    const index = this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(index, value, true);
  }

  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.unsigned(items.length);
    this.#byte(LIST_MARK);
    for (const item of items) write(item);
  }

  optional<T>(value: T | undefined, write: (value: T) => void): void {
    this.#byte(value === undefined ? OPTIONAL_ABSENT : OPTIONAL_PRESENT);
    if (value !== undefined) write(value);
  }
}
