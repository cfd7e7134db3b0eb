import { Failure, fail } from "../failure.ts";
import { type CodecLimits, checkMessageSize } from "../limits.ts";
import { brokenAt } from "./json-place.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
/**
 * Shorter messages are not scanned: they cannot take much memory, and their types bound the depth.
 */
const scannedBytes = 4_096;
/** Approximate memory of an object or array, and of an entry. */
const bracketCost = 56;
const commaCost = 16;
const wideDigits = /\d{16}/;
/**
 * Longer integers are refused: no field holds them, and converting them takes more than linear
 * time.
 */
const maxDigits = 40;

/**
 * Parses JSON. A byte order mark is skipped, the last of equal keys counts, and integers that a
 * number would round become bigints.
 */
export function parseJson(bytes: Uint8Array, limits: CodecLimits): unknown {
  checkMessageSize(bytes.length, limits);
  if (bytes.length > scannedBytes) scan(bytes, limits);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw fail("data", "text that is not UTF-8");
  }
  try {
    return wideDigits.test(text) ? (JSON.parse(text, exactInteger) as unknown) : JSON.parse(text);
  } catch (reason) {
    if (reason instanceof Failure) throw reason;
    throw new Failure("data", "text that is not JSON", { offset: brokenAt(bytes) });
  }
}

/** Refuses a message that would take too much memory or stack, before it is parsed. */
function scan(bytes: Uint8Array, limits: CodecLimits): void {
  let depth = 0;
  let cost = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (quoted) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) quoted = false;
      continue;
    }
    if (byte === 0x22) quoted = true;
    else if (byte === 0x2c) cost += commaCost;
    else if (byte === 0x5b || byte === 0x7b) {
      cost += bracketCost;
      if (++depth > limits.depth) {
        throw new Failure("limit", `nested deeper than ${limits.depth} levels`, { offset: i });
      }
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  if (cost > limits.graphBytes) throw fail("limit", "the message takes too much memory");
}

function exactInteger(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  if (source === undefined || !/^-?\d+$/.test(source)) return value;
  if (source.length > maxDigits) throw fail("data", `an integer of ${source.length} digits`);
  return BigInt(source);
}
