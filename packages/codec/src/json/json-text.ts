import { Failure, fail } from "../failure.ts";
import { type CodecLimits, checkMessageSize } from "../limits.ts";
import { setOwn } from "../own-property.ts";
import { brokenAt } from "./json-place.ts";
import { scanJson, type WideInteger } from "./json-scan.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
/**
 * Shorter messages are not scanned: they cannot take much memory, and their types bound the depth.
 */
const scannedBytes = 4_096;
/** So few bytes are copied faster without a view. */
const fewBytes = 64;
const wideDigits = /\d{16}/;
/** Begins the text of an integer that a number would round. No message can contain it by chance. */
const mark = `${Math.random()}${Math.random()} `;

/** Parsed JSON, and the rest of the budget of the message for its conversion. */
export interface ParsedJson {
  readonly value: unknown;
  readonly left: number;
}

/**
 * Parses JSON. A byte order mark is skipped, the last of equal keys counts, and integers that a
 * number would round become bigints.
 */
export function parseJson(bytes: Uint8Array, limits: CodecLimits): ParsedJson {
  checkMessageSize(bytes.length, limits);
  let scanned = bytes.length > scannedBytes ? scanJson(bytes, limits) : undefined;
  const text = textOf(bytes);
  if (!scanned && wideDigits.test(text)) scanned = scanJson(bytes, limits);
  const { wide, left } = scanned ?? { wide: [], left: limits.graphBytes };
  try {
    if (wide.length === 0) return { value: JSON.parse(text), left };
    return { value: withBigints(JSON.parse(textOf(marked(bytes, wide)))), left };
  } catch {
    throw new Failure("data", "text that is not JSON", { offset: brokenAt(bytes) });
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw fail("data", "text that is not UTF-8");
  }
}

/** Returns JSON with text in the places of wide integers. */
function marked(bytes: Uint8Array, wide: readonly WideInteger[]): Uint8Array {
  const before = encoder.encode(`"${mark}`);
  const out = new Uint8Array(bytes.length + wide.length * (before.length + 1));
  let from = 0;
  let to = 0;
  for (const { start, end } of wide) {
    to = copy(bytes, from, start, out, to);
    to = copy(before, 0, before.length, out, to);
    to = copy(bytes, start, end, out, to);
    out[to++] = 0x22;
    from = end;
  }
  return out.subarray(0, copy(bytes, from, bytes.length, out, to));
}

/** Returns the position behind the copy. */
function copy(from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): number {
  if (end - start > fewBytes) into.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) into[at + i - start] = from[i] as number;
  return at + end - start;
}

/** Replaces the marked texts in parsed JSON by bigints. */
function withBigints(json: unknown): unknown {
  if (typeof json === "string") {
    return json.startsWith(mark) ? BigInt(json.slice(mark.length)) : json;
  }
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) {
    for (let i = 0; i < json.length; i++) json[i] = withBigints(json[i]);
    return json;
  }
  for (const key of Object.keys(json)) {
    const item = (json as Record<string, unknown>)[key];
    const next = withBigints(item);
    if (next !== item) setOwn(json as Record<string, unknown>, key, next);
  }
  return json;
}
