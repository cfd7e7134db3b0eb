/** Positions in JSON text, in bytes. They are computed only for errors. */

/** In longer messages no position is searched: that would take longer than parsing them. */
const searchedBytes = 65_536;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
const decoder = new TextDecoder();
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Returns the position of the value at the end of a path, in valid JSON. If a key or index is
 * missing, it is that of the enclosing object or array. Undefined for long messages.
 */
export function placeOf(bytes: Uint8Array, path: readonly (string | number)[]): number | undefined {
  if (bytes.length > searchedBytes) return undefined;
  let at = start(bytes);
  for (const step of path) {
    const found = bytes[at] === openObject ? member(bytes, at, step) : item(bytes, at, step);
    if (found === undefined) return at;
    at = found;
  }
  return at;
}

/** Returns the position of a member's value. The last of equal keys counts. */
function member(bytes: Uint8Array, object: number, key: string | number): number | undefined {
  let found: number | undefined;
  for (let at = space(bytes, object + 1); bytes[at] === quote; ) {
    const end = textEnd(bytes, at);
    const name: unknown = JSON.parse(decoder.decode(bytes.subarray(at, end)));
    const value = space(bytes, space(bytes, end) + 1);
    if (name === String(key)) found = value;
    at = space(bytes, valueEnd(bytes, value));
    if (bytes[at] === comma) at = space(bytes, at + 1);
  }
  return found;
}

function item(bytes: Uint8Array, list: number, index: string | number): number | undefined {
  if (bytes[list] !== openList || typeof index !== "number") return undefined;
  let at = space(bytes, list + 1);
  for (let i = 0; i < index; i++) {
    const end = space(bytes, valueEnd(bytes, at));
    if (bytes[end] !== comma) return undefined;
    at = space(bytes, end + 1);
  }
  return bytes[at] === closeList ? undefined : at;
}

function valueEnd(bytes: Uint8Array, value: number): number {
  let depth = 0;
  let at = value;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === quote) at = textEnd(bytes, at);
    else if (byte === openList || byte === openObject) {
      depth++;
      at++;
    } else if (byte === closeList || byte === closeObject) {
      depth--;
      at++;
    } else if (byte === comma || byte === colon || isSpace(byte)) at++;
    else at = wordEnd(bytes, at);
    if (depth <= 0) break;
  }
  return at;
}

/**
 * Returns the position of the first byte that makes the text invalid, or its end if more must
 * follow. Undefined for long messages.
 */
export function brokenAt(bytes: Uint8Array): number | undefined {
  if (bytes.length > searchedBytes) return undefined;
  const open: number[] = [];
  let at = start(bytes);
  for (;;) {
    // a value is expected here
    const byte = bytes[at];
    if (byte === openObject || byte === openList) {
      const next = space(bytes, at + 1);
      open.push(byte);
      if (byte === openObject && bytes[next] !== closeObject) {
        const value = keyEnd(bytes, next);
        if (value < 0) return -value;
        at = value;
        continue;
      }
      if (byte === openList && bytes[next] !== closeList) {
        at = next;
        continue;
      }
      at = next;
    } else {
      const end = byte === quote ? textEnd(bytes, at) : wordEnd(bytes, at);
      if (!isScalar(bytes, at, end)) return at;
      at = space(bytes, end);
    }
    // containers may end here
    while (open.length > 0 && bytes[at] === closing(open.at(-1))) {
      open.pop();
      at = space(bytes, at + 1);
    }
    if (open.length === 0 || bytes[at] !== comma) return at;
    at = space(bytes, at + 1);
    if (open.at(-1) !== openObject) continue;
    const value = keyEnd(bytes, at);
    if (value < 0) return -value;
    at = value;
  }
}

/** Returns the position of the value after a key, or the negative position of an error. */
function keyEnd(bytes: Uint8Array, key: number): number {
  if (bytes[key] !== quote) return -key;
  const end = textEnd(bytes, key);
  if (!isScalar(bytes, key, end)) return -key;
  const after = space(bytes, end);
  return bytes[after] === colon ? space(bytes, after + 1) : -after;
}

function closing(open: number | undefined): number {
  return open === openObject ? closeObject : closeList;
}

function isScalar(bytes: Uint8Array, start: number, end: number): boolean {
  const text = decoder.decode(bytes.subarray(start, end));
  if (!text.startsWith('"')) return number.test(text) || /^(?:true|false|null)$/.test(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function textEnd(bytes: Uint8Array, open: number): number {
  let at = open + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return Math.min(at + 1, bytes.length);
}

/** Returns the end of a token that is neither text nor a bracket. */
function wordEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && !ends(bytes[at] as number)) at++;
  return at;
}

function ends(byte: number): boolean {
  return (
    isSpace(byte) ||
    [comma, colon, quote, openList, closeList, openObject, closeObject].includes(byte)
  );
}

function start(bytes: Uint8Array): number {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return space(bytes, marked ? 3 : 0);
}

function space(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at] as number)) at++;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
