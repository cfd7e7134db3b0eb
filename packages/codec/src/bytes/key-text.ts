import { latin1 } from "./text.ts";

/** Longer keys are not cached: they seldom repeat, and comparing them takes longer. */
const longest = 24;
/** A power of two. Most programs have fewer keys. */
const slots = 256;
/** Recently read keys. Each has only one slot, so that peers cannot make the table grow. */
const known = new Array<string>(slots).fill("");

/**
 * Returns Latin-1 text that becomes the key of an object.
 *
 * V8 keeps one string for equal keys, and finding it takes longer than reading the text. Text from
 * this table is that string already. Most keys of a message were in the message before.
 */
export function keyText(b: Uint8Array, start: number, end: number): string {
  const n = end - start;
  if (n > longest || n === 0) return latin1(b, start, end);
  const middle = b[start + (n >> 1)] as number;
  const at =
    (n * 5 + (b[start] as number) * 7 + middle * 31 + (b[end - 1] as number) * 13) & (slots - 1);
  const text = known[at] as string;
  if (text.length === n && isText(b, start, text)) return text;
  const made = latin1(b, start, end);
  known[at] = made;
  return made;
}

function isText(b: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (b[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
