import { ContractError } from "../error.ts";
import { LIST_MARK, OPTIONAL_ABSENT, OPTIONAL_PRESENT, STRING_MARK } from "./canonical-writer.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the primitives that {@link CanonicalWriter} writes. Every value has exactly one encoding;
 * all others are refused.
 */
export class CanonicalReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  #refuse(problem: string): ContractError {
    return new ContractError("data", `not canonical bytes: ${problem} at byte ${this.#offset}`);
  }

  /** Throws if bytes are left. */
  finish(): void {
    if (this.#offset < this.#bytes.length) throw this.#refuse("more bytes than expected");
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) throw this.#refuse("they end too soon");
    this.#offset++;
    return byte;
  }

  #raw(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#offset) throw this.#refuse("they end too soon");
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  /** Reads at most 32 bits, because contracts contain no larger numbers. */
  unsigned(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * unit;
      if (value > 0xffff_ffff) throw this.#refuse("a number is too large");
      if (byte < 0x80) {
        if (byte === 0 && unit > 1) throw this.#refuse("a number is not in its shortest form");
        return value;
      }
    }
  }

  signed(): number {
    const value = this.unsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  string(): string {
    const word = this.unsigned();
    if (word % 4 !== STRING_MARK) throw this.#refuse("a string is not marked as UTF-8");
    const bytes = this.#raw(Math.floor(word / 4));
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.#refuse("a string is not UTF-8");
    }
  }

  /** A copy. */
  bytes(): Uint8Array {
    return this.#raw(this.unsigned()).slice();
  }

  bool(): boolean {
    const byte = this.#byte();
    if (byte > 1) throw this.#refuse("a boolean is neither 0 nor 1");
    return byte === 1;
  }

  float64(): number {
    const bytes = this.#raw(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  }

  list<T>(read: () => T): T[] {
    const count = this.unsigned();
    if (this.#byte() !== LIST_MARK) throw this.#refuse("a list has no mark");
    const items: T[] = [];
    // every item takes at least one byte, so a wrong count fails at the end of the bytes
    while (items.length < count) items.push(read());
    return items;
  }

  optional<T>(read: () => T): T | undefined {
    const byte = this.#byte();
    if (byte === OPTIONAL_ABSENT) return undefined;
    if (byte !== OPTIONAL_PRESENT) throw this.#refuse("an optional value has no mark");
    return read();
  }

  /** Reads a number of a fixed set and returns its name. */
  code<K extends string>(codes: Readonly<Record<K, number>>): K {
    const value = this.unsigned();
    for (const name in codes) if (codes[name] === value) return name;
    throw this.#refuse(`${value} is not one of ${Object.keys(codes).join(", ")}`);
  }
}
