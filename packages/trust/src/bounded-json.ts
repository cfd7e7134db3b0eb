export interface JsonBounds {
  /** UTF-8 bytes of the whole text. */
  readonly bytes: number;
  /** Nested arrays and objects. */
  readonly depth: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses JSON a stranger sent. Throws `RangeError` over a bound and `SyntaxError` for what is no JSON or no UTF-8; neither
 * message repeats what was received. Of keys that appear twice the last one counts, as in every other JSON reader.
 */
export function parseBoundedJson(input: Uint8Array | string, bounds: JsonBounds): unknown {
  const size = typeof input === "string" ? Buffer.byteLength(input) : input.length;
  if (size > bounds.bytes) throw new RangeError(`${size} bytes, the limit is ${bounds.bytes}`);
  const text = typeof input === "string" ? input : decode(input);
  if (isDeeperThan(text, bounds.depth)) {
    throw new RangeError(`JSON nested deeper than ${bounds.depth} levels`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError("not valid JSON");
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new SyntaxError("not valid UTF-8");
  }
}

/** Right for valid JSON; other text is refused by the parser afterwards, whatever this said. */
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

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
