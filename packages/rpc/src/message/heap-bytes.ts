// Rounded figures of V8 on 64-bit platforms. They bound the memory of decoded messages, so they may
// be too high but not too low.
const SLOT_BYTES = 8;
const OBJECT_BYTES = 24;
const STRING_BYTES = 16;
const BIGINT_BYTES = 24;
const ENTRY_BYTES = 48;
const VIEW_BYTES = 96;

/**
 * Estimates the memory that a decoded message takes. It can be 40 times the size on the wire, for
 * example for a list of small objects.
 *
 * Values that are there several times count as often, but no more than `mostValues` are counted: a
 * message has no more values than bytes.
 */
export function heapBytesOf(message: unknown, mostValues: number): number {
  const pending: unknown[] = [message];
  let left = mostValues;
  let bytes = 0;
  while (pending.length > 0 && left > 0) {
    left -= 1;
    const value = pending.pop();
    if (typeof value === "string") bytes += STRING_BYTES + value.length;
    else if (typeof value === "bigint") bytes += BIGINT_BYTES;
    else if (typeof value === "number") bytes += Number.isInteger(value) ? 0 : STRING_BYTES;
    else if (typeof value === "object" && value !== null) bytes += addParts(value, pending);
  }
  return bytes;
}

/** Returns the memory of an object without its parts, which it adds to `pending`. */
function addParts(value: object, pending: unknown[]): number {
  if (ArrayBuffer.isView(value)) return VIEW_BYTES + value.byteLength;
  if (Array.isArray(value)) {
    for (const element of value) pending.push(element);
    return OBJECT_BYTES + value.length * SLOT_BYTES;
  }
  if (value instanceof Map) {
    for (const [key, element] of value) pending.push(key, element);
    return OBJECT_BYTES + value.size * ENTRY_BYTES;
  }
  if (value instanceof Set) {
    for (const element of value) pending.push(element);
    return OBJECT_BYTES + value.size * ENTRY_BYTES;
  }
  const before = pending.length;
  for (const part of Object.values(value)) pending.push(part);
  return OBJECT_BYTES + (pending.length - before) * SLOT_BYTES;
}
