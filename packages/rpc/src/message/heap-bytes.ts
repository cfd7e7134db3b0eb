// Rounded figures of V8 on 64-bit platforms. They bound the memory of decoded messages, so they may
// be too high but not too low.
const SLOT_BYTES = 8;
const OBJECT_BYTES = 24;
const STRING_BYTES = 16;
const BIGINT_BYTES = 24;
const ENTRY_BYTES = 48;
const VIEW_BYTES = 96;

/** Deeper parts are not counted: only messages that contain themselves have any. */
const MOST_LEVELS = 64;

/** The memory of smaller messages is not measured: they are about as large as on the wire. */
export const MEASURED_BYTES = 4096;

/** Estimates the memory that a decoded message of so many bytes takes beyond them. */
export function extraBytesOf(message: unknown, bytes: number): number {
  return Math.max(0, heapBytesOf(message, bytes) - bytes);
}

/**
 * Estimates the memory that a decoded message takes. It can be 40 times the size on the wire, for
 * example for a list of small objects.
 *
 * Values that are there several times count as often, but no more than `mostValues` are counted: a
 * message has no more values than bytes.
 */
export function heapBytesOf(message: unknown, mostValues: number): number {
  const count = new Count(mostValues);
  count.add(message, 0);
  return count.bytes;
}

class Count {
  bytes = 0;
  #left: number;

  constructor(mostValues: number) {
    this.#left = mostValues;
  }

  add(value: unknown, level: number): void {
    if (--this.#left < 0) return;
    if (typeof value === "string") this.bytes += STRING_BYTES + value.length;
    else if (typeof value === "bigint") this.bytes += BIGINT_BYTES;
    else if (typeof value === "number") this.bytes += Number.isInteger(value) ? 0 : STRING_BYTES;
    else if (typeof value === "object" && value !== null) this.#addObject(value, level + 1);
  }

  #addObject(value: object, level: number): void {
    if (level > MOST_LEVELS) return;
    if (Array.isArray(value)) {
      this.bytes += OBJECT_BYTES + value.length * SLOT_BYTES;
      for (let i = 0; i < value.length && this.#left > 0; i++) this.add(value[i], level);
    } else if (ArrayBuffer.isView(value)) this.bytes += VIEW_BYTES + value.byteLength;
    else if (value instanceof Map) {
      this.bytes += OBJECT_BYTES + value.size * ENTRY_BYTES;
      for (const [key, element] of value) {
        if (this.#left <= 0) return;
        this.add(key, level);
        this.add(element, level);
      }
    } else if (value instanceof Set) {
      this.bytes += OBJECT_BYTES + value.size * ENTRY_BYTES;
      for (const element of value) {
        if (this.#left <= 0) return;
        this.add(element, level);
      }
    } else this.#addFields(value as Readonly<Record<string, unknown>>, level);
  }

  /** `for in` makes no list of the keys of each object. Inherited keys are few, and do not harm. */
  #addFields(value: Readonly<Record<string, unknown>>, level: number): void {
    this.bytes += OBJECT_BYTES;
    for (const key in value) {
      if (this.#left <= 0) return;
      this.bytes += SLOT_BYTES;
      this.add(value[key], level);
    }
  }
}
