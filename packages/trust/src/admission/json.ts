// JSON that peers exchange: admission messages and registry records. Writing gives the bytes that
// the Python package writes; reading checks bounds and shape, because any peer may have sent it.
import type { ZodType } from "zod";

/** Bounds of a JSON text. */
export interface JsonBounds {
  /** UTF-8 bytes of the whole text. */
  readonly bytes: number;
  /** Levels of nested arrays and objects. */
  readonly depth: number;
}

/** The bounds and the errors of one kind of JSON message. */
export interface JsonRules {
  readonly bounds: JsonBounds;
  /** Makes the error for a message that would have more than `bounds.bytes` bytes. */
  tooLarge(problem: string): Error;
  /** Makes the error for input that is not such a message. */
  malformed(problem: string, options?: ErrorOptions): Error;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Writes JSON like Python's `json.dumps(value, separators=(",", ":"))`: compact, keys in their
 * order, every character outside printable ASCII as `\uXXXX`. Other implementations hash and
 * compare these bytes.
 *
 * One difference: a float without a fraction is written as `1`, where Python writes `1.0`.
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Parses untrusted JSON. Throws `RangeError` over a bound, and `SyntaxError` for text that is not
 * JSON or not UTF-8. No error text repeats the input. If a key appears twice, the last one counts.
 */
export function parseBoundedJson(input: Uint8Array | string, bounds: JsonBounds): unknown {
  const size = typeof input === "string" ? Buffer.byteLength(input) : input.length;
  if (size > bounds.bytes) throw new RangeError(`${size} bytes; the limit is ${bounds.bytes}`);
  const text = typeof input === "string" ? input : decodeUtf8(input);
  if (isDeeperThan(text, bounds.depth)) {
    throw new RangeError(`nested deeper than ${bounds.depth} levels`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError("not valid JSON");
  }
}

/** The bytes of a message. `what` names it in error texts. Throws `rules.tooLarge`. */
export function encodeJson(what: string, value: unknown, rules: JsonRules): Uint8Array {
  const bytes = utf8Encoder.encode(asciiJson(value));
  const most = rules.bounds.bytes;
  if (bytes.length > most) {
    throw rules.tooLarge(`the ${what} has ${bytes.length} bytes; peers read at most ${most}`);
  }
  return bytes;
}

/** Reads a message of the given shape. `what` names it in error texts. Throws `rules.malformed`. */
export function parseJson<T>(
  what: string,
  input: Uint8Array | string,
  shape: ZodType<T>,
  rules: JsonRules,
): T {
  let value: unknown;
  try {
    value = parseBoundedJson(input, rules.bounds);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unreadable";
    throw rules.malformed(`the ${what} cannot be read: ${why}`, { cause });
  }
  return checkJson(what, value, shape, rules);
}

/** Checks the shape of a message. Throws `rules.malformed` with the place of the first mistake. */
export function checkJson<T>(what: string, value: unknown, shape: ZodType<T>, rules: JsonRules): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  // the path may hold keys that the peer chose
  const place = JSON.stringify(issue?.path.join(".") ?? "").slice(0, 200);
  // the message of zod repeats the key
  const problem = issue?.code === "unrecognized_keys" ? "it has an unknown key" : issue?.message;
  throw rules.malformed(`the ${what} is malformed at ${place}: ${problem ?? "wrong shape"}`);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    throw new SyntaxError("not valid UTF-8");
  }
}

/** Correct for valid JSON. For other text the result does not matter: the parser refuses it. */
function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (quoted) {
      if (unit === BACKSLASH) at++;
      else if (unit === QUOTE) quoted = false;
    } else if (unit === QUOTE) quoted = true;
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      if (++depth > limit) return true;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth--;
  }
  return false;
}
