import { fail } from "../failure.ts";
import { murmur } from "./murmur.ts";

/**
 * The place of a meta string in a message. It decides about the two special characters of the
 * alphabets.
 */
export type MetaStringUse = "namespace" | "type" | "field";

const specials: Readonly<Record<MetaStringUse, string>> = {
  namespace: "._",
  type: "$_",
  field: "$_",
};
const lowerSpecial = "abcdefghijklmnopqrstuvwxyz._$|";
const mixedCase = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

const Encoding = { utf8: 0, lower: 1, mixed: 2, firstToLower: 3, allToLower: 4 } as const;
const everyEncoding = Object.values(Encoding);

/** The encodings of names in a type definition, in the order of their numbers there. */
const inDefinition: Readonly<Record<MetaStringUse, readonly number[]>> = {
  namespace: [Encoding.utf8, Encoding.allToLower, Encoding.mixed],
  type: [Encoding.utf8, Encoding.allToLower, Encoding.mixed, Encoding.firstToLower],
  field: [Encoding.utf8, Encoding.allToLower, Encoding.mixed],
};

/** Returns a name in the form of type definitions, with the number of its encoding there. */
export function packName(
  text: string,
  use: MetaStringUse,
): { readonly encoding: number; readonly packed: Uint8Array } {
  const encoding = choose(text, use, inDefinition[use]);
  return { encoding: inDefinition[use].indexOf(encoding), packed: pack(text, encoding, use) };
}

export function unpackName(data: Uint8Array, encoding: number, use: MetaStringUse): string {
  return decodeMetaString(data, inDefinition[use][encoding] ?? -1, use);
}

/**
 * Returns a namespace or type name in the form of its first appearance in a message: length,
 * encoding or hash, packed text (docs/fory.md, "Meta strings").
 */
export function encodeMetaString(text: string, use: MetaStringUse): Uint8Array {
  if (text === "") return Uint8Array.of(0);
  const encoding = choose(text, use, everyEncoding);
  const packed = pack(text, encoding, use);
  const head = varuint(packed.length * 2);
  if (packed.length <= 16) return Uint8Array.from([...head, encoding, ...packed]);
  const hash = new Uint8Array(8);
  new DataView(hash.buffer).setBigUint64(0, (murmur(packed, 47) & ~0xffn) | BigInt(encoding), true);
  return Uint8Array.from([...head, ...hash, ...packed]);
}

/** Reads the packed text of a meta string. The caller has read length and encoding. */
export function decodeMetaString(packed: Uint8Array, encoding: number, use: MetaStringUse): string {
  switch (encoding) {
    case Encoding.utf8:
      return utf8(packed);
    case Encoding.lower:
      return unpack(packed, lowerSpecial, 5);
    case Encoding.mixed:
      return unpack(packed, mixedCase + specials[use], 6);
    case Encoding.firstToLower: {
      const text = unpack(packed, lowerSpecial, 5);
      return text.charAt(0).toUpperCase() + text.slice(1);
    }
    case Encoding.allToLower:
      return unpack(packed, lowerSpecial, 5).replace(/\|(.?)/gs, (_, char: string) =>
        char.toUpperCase(),
      );
    default:
      throw fail("data", `unknown meta string encoding ${encoding}`);
  }
}

function choose(text: string, use: MetaStringUse, allowed: readonly number[]): number {
  const uppers = text.replace(/[^A-Z]/g, "").length;
  if (allowed.includes(Encoding.lower) && /^[a-z._$|]+$/.test(text)) return Encoding.lower;
  const alphabet = mixedCase + specials[use];
  if (![...text].every((char) => alphabet.includes(char))) return Encoding.utf8;
  if (/\d/.test(text)) return Encoding.mixed;
  if (allowed.includes(Encoding.firstToLower) && uppers === 1 && /^[A-Z]/.test(text)) {
    return Encoding.firstToLower;
  }
  return (text.length + uppers) * 5 < text.length * 6 ? Encoding.allToLower : Encoding.mixed;
}

function pack(text: string, encoding: number, use: MetaStringUse): Uint8Array {
  switch (encoding) {
    case Encoding.utf8:
      return new TextEncoder().encode(text);
    case Encoding.mixed:
      return packed(text, mixedCase + specials[use], 6);
    case Encoding.firstToLower:
      return packed(text.charAt(0).toLowerCase() + text.slice(1), lowerSpecial, 5);
    case Encoding.allToLower:
      return packed(
        text.replace(/[A-Z]/g, (char) => `|${char.toLowerCase()}`),
        lowerSpecial,
        5,
      );
    default:
      return packed(text, lowerSpecial, 5);
  }
}

/**
 * Packs codes of `width` bits, behind one bit that is set if the padding could be taken for one
 * more code.
 */
function packed(text: string, alphabet: string, width: number): Uint8Array {
  const bits = text.length * width + 1;
  const out = new Uint8Array(Math.ceil(bits / 8));
  let at = 1;
  for (const char of text) {
    const code = alphabet.indexOf(char);
    for (let bit = width - 1; bit >= 0; bit--, at++) {
      if (code & (1 << bit)) out[at >> 3] = (out[at >> 3] ?? 0) | (0x80 >> (at & 7));
    }
  }
  if (out.length * 8 >= bits + width) out[0] = (out[0] ?? 0) | 0x80;
  return out;
}

function unpack(data: Uint8Array, alphabet: string, width: number): string {
  const strip = ((data[0] ?? 0) & 0x80) !== 0;
  const codes = Math.floor((data.length * 8 - 1) / width) - (strip ? 1 : 0);
  let text = "";
  for (let i = 0, at = 1; i < codes; i++) {
    let code = 0;
    for (let bit = 0; bit < width; bit++, at++) {
      code = (code << 1) | (((data[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    }
    const char = alphabet[code];
    if (char === undefined)
      throw fail("data", "a meta string with a character outside its alphabet");
    text += char;
  }
  return text;
}

function utf8(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw fail("data", "a meta string that is not UTF-8");
  }
}

/** Returns the bytes of a varuint of 32 bits. */
export function varuint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) out.push((rest & 127) | 128);
  out.push(rest);
  return out;
}
