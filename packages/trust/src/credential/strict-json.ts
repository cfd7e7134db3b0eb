import { type JsonBounds, parseBoundedJson } from "../admission/json.ts";

const STRINGS = /"(?:[^"\\]|\\.)*"/g;

/**
 * Parses JSON that is signed: like `parseBoundedJson`, but refuses an object in which a key appears
 * twice, and numbers with a fraction or an exponent. Throws `RangeError` or `SyntaxError`; no text
 * repeats the input.
 */
export function parseStrictJson(text: string, bounds: JsonBounds): unknown {
  const value = parseBoundedJson(text, bounds);
  const withoutStrings = text.replace(STRINGS, "");
  if (/\d[.eE]/.test(withoutStrings)) throw new SyntaxError("a number is not a whole number");
  const written = withoutStrings.split(":").length - 1;
  // of equal keys, the parser keeps one
  if (written !== keyCount(value)) throw new SyntaxError("a key appears twice");
  return value;
}

function keyCount(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const members = Object.values(value);
  const own = Array.isArray(value) ? 0 : members.length;
  return members.reduce((count: number, member) => count + keyCount(member), own);
}
