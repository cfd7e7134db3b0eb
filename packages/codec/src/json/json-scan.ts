import { Failure, fail } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";

/** Approximate work of parsing and reading, in bytes: see `CodecLimits.graphBytes`. */
const valueCost = 72;
const bracketCost = 144;
const memberCost = 32;
const textCost = 128;
/** A key that no object of the same form has had makes V8 build another form of objects. */
const newKeyCost = 1_400;
const wideCost = 1_200;

/** Integers with fewer digits fit into a number. */
const fewDigits = 16;
/**
 * Longer integers are refused: no field holds them, and converting them takes more than linear
 * time.
 */
const maxDigits = 40;
/** Bytes of a long text that are searched at once. */
const skippedBytes = 4_096;
/** The largest table of forms of objects has this many bits, a power of two. */
const mostForms = 1 << 19;
/** Secret factors of hashes, so that no sender can choose keys with equal ones. */
const [keyFactor, formFactor] = [randomFactor(), randomFactor()];

const [quote, backslash, comma, colon, minus, zero] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x30];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The range of an integer that a number does not hold. */
export interface WideInteger {
  readonly start: number;
  readonly end: number;
}

export interface ScannedJson {
  /** The integers that a number would round. */
  readonly wide: readonly WideInteger[];
  /** The rest of `graphBytes`. */
  readonly left: number;
}

/** Refuses JSON that would take too much memory, time or stack, before it is parsed. */
export function scanJson(bytes: Uint8Array, limits: CodecLimits): ScannedJson {
  return new Scan(bytes, limits).run();
}

class Scan {
  readonly #bytes: Uint8Array;
  readonly #limits: CodecLimits;
  readonly #wide: WideInteger[] = [];
  /** Bits of the forms of objects that were seen: the keys so far, in order. */
  readonly #forms: Uint32Array;
  /** The form of the object at each level. */
  readonly #formAt: number[] = [0];
  #longTexts = 0;
  #depth = 0;
  #left: number;
  /** A hash of the last text. */
  #hash = 0;

  constructor(bytes: Uint8Array, limits: CodecLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#left = limits.graphBytes;
    // a key and its value take at least four bytes
    let words = 8;
    while (words * 32 < mostForms && words * 32 < bytes.length) words *= 2;
    this.#forms = new Uint32Array(words);
  }

  run(): ScannedJson {
    const bytes = this.#bytes;
    for (let i = 0; i < bytes.length; ) {
      const byte = bytes[i] as number;
      if (byte === quote) i = this.#text(i + 1);
      else if (isDigit(byte) || byte === minus) i = this.#number(i);
      else {
        if (byte === comma) this.#left -= valueCost;
        else if (byte === colon) this.#key();
        else if (byte === openList || byte === openObject) this.#enter(i);
        else if (byte === closeList || byte === closeObject) this.#leave();
        i++;
      }
      if (this.#left < 0) throw fail("limit", "the message takes too much memory or time");
    }
    return { wide: this.#wide, left: this.#left };
  }

  /** Returns the position behind a text. */
  #text(start: number): number {
    const bytes = this.#bytes;
    let hash = 0;
    for (let i = start; i < bytes.length; i++) {
      if (((i - start) & 127) === 127) i = this.#skipped(i);
      const byte = bytes[i] as number;
      if (byte === quote) {
        // the middle of a long text was skipped: no two of them count as the same key
        this.#hash = i - start < 127 ? hash : ++this.#longTexts;
        this.#left -= textCost;
        return i + 1;
      }
      if (byte === backslash) i++;
      hash = Math.imul(hash ^ byte, keyFactor);
      hash ^= hash >>> 15;
    }
    return bytes.length;
  }

  /** Returns a position up to which the text has neither a quote nor a backslash. */
  #skipped(from: number): number {
    const part = this.#bytes.subarray(from, from + skippedBytes);
    if (part.indexOf(backslash) >= 0) return from;
    const end = part.indexOf(quote);
    return from + (end < 0 ? part.length - 1 : end);
  }

  #enter(at: number): void {
    this.#left -= bracketCost;
    this.#formAt[++this.#depth] = 0;
    if (this.#depth <= this.#limits.depth) return;
    throw new Failure("limit", `nested deeper than ${this.#limits.depth} levels`, { offset: at });
  }

  #leave(): void {
    if (this.#depth > 0) this.#depth--;
  }

  #key(): void {
    let form = Math.imul((this.#formAt[this.#depth] ?? 0) ^ this.#hash, formFactor);
    form ^= form >>> 16;
    this.#formAt[this.#depth] = form;
    const word = (form >>> 5) & (this.#forms.length - 1);
    const seen = this.#forms[word] as number;
    const bit = 1 << (form & 31);
    this.#forms[word] = seen | bit;
    this.#left -= seen & bit ? memberCost : newKeyCost;
  }

  /** Returns the position behind a number. */
  #number(start: number): number {
    const bytes = this.#bytes;
    let end = start + 1;
    let whole = true;
    for (; end < bytes.length; end++) {
      const byte = bytes[end] as number;
      if (isDigit(byte)) continue;
      if (!isPartOfNumber(byte)) break;
      whole = false;
    }
    if (whole && end - start >= fewDigits && !this.#isKey(end)) this.#integer(start, end);
    return end;
  }

  #integer(start: number, end: number): void {
    const bytes = this.#bytes;
    const first = bytes[start] === minus ? start + 1 : start;
    // JSON has no integers that begin with 0
    if (end - first < fewDigits || bytes[first] === zero) return;
    if (end - start > maxDigits) throw fail("data", `an integer of ${end - start} digits`);
    if (end - first === fewDigits && isSafe(bytes, first, end)) return;
    this.#left -= wideCost;
    this.#wide.push({ start, end });
  }

  /** Returns true if a colon follows: the number is in a place of a key, and the text invalid. */
  #isKey(from: number): boolean {
    let at = from;
    while ((this.#bytes[at] ?? colon + 1) <= 0x20) at++;
    return this.#bytes[at] === colon;
  }
}

/** Returns true for digits that a number holds exactly. */
function isSafe(bytes: Uint8Array, start: number, end: number): boolean {
  let value = 0;
  // the digit first: the sum with its code could be rounded
  for (let i = start; i < end; i++) value = value * 10 + ((bytes[i] as number) - zero);
  return Number.isSafeInteger(value);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Returns true for `.`, `e`, `E`, `+` and `-`. */
function isPartOfNumber(byte: number): boolean {
  return byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === minus;
}

/** Returns an odd factor of 32 bits. */
function randomFactor(): number {
  return (Math.random() * 0x1_0000_0000) | 1;
}
