import { putDouble } from "../../bytes/float.ts";
import { TypeId } from "../../bytes/type-id.ts";
import { asFailure, fail } from "../../failure.ts";
import { NativeId } from "../native-id.ts";
import type { NativeWriter } from "./native-writer.ts";

/** Fory's flag of lists in which all elements have the type that follows. */
export const sameType = 8;

/** For fewer doubles, a `DataView` of the bytes costs more than it saves. */
export const fewDoubles = 16;

/** Writes an array: count, flags, and the elements. Holes stay holes. */
export function writeArray(w: NativeWriter, items: readonly unknown[], depth: number): void {
  if (!w.opened(items, depth)) return;
  const count = startList(w, items);
  if (count === 0) return;
  if (wroteDoubles(w, items)) return;
  w.putByte(0);
  let i = 0;
  try {
    for (; i < count; i++) {
      const item = items[i];
      if (typeof item === "object" && item !== null) {
        const shape = w.object(item, depth + 1);
        if (shape?.writeAll && !w.exact && !w.polluted) {
          i = shape.writeAll(w, items, i + 1, count, depth + 1) - 1;
        }
      } else if (item === undefined && !Object.hasOwn(items, i)) w.putByte(NativeId.hole);
      else w.value(item, depth + 1);
    }
  } catch (reason) {
    throw asFailure(reason).inItem(i);
  }
}

/** Writes id and count. */
export function startList(w: NativeWriter, items: readonly unknown[]): number {
  const count = items.length;
  // a sparse array may have a length of 2^32 without elements
  if (count > w.maxBytes) {
    throw fail("limit", `an array of ${count} elements needs more than ${w.maxBytes} bytes`);
  }
  w.putByte(TypeId.list);
  w.putSmall(count);
  return count;
}

/**
 * Writes the elements without ids if they are numbers and at least half are not 32-bit integers.
 * Otherwise writes nothing and returns false.
 */
export function wroteDoubles(w: NativeWriter, items: readonly unknown[]): boolean {
  if (!isMostlyDoubles(items)) return false;
  writeDoubles(w, items as readonly number[]);
  return true;
}

function isMostlyDoubles(items: readonly unknown[]): boolean {
  let doubles = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== "number") return false;
    if ((item | 0) !== item) doubles++;
  }
  return doubles * 2 >= items.length;
}

function writeDoubles(w: NativeWriter, items: readonly number[]): void {
  const size = items.length * 8;
  const b = w.room(w.pos, size + 2);
  b[w.pos++] = sameType;
  b[w.pos++] = TypeId.float64;
  if (items.length < fewDoubles) {
    for (const item of items) w.pos = putDouble(b, w.pos, item);
    return;
  }
  const view = new DataView(b.buffer, b.byteOffset + w.pos, size);
  for (let i = 0; i < items.length; i++) view.setFloat64(i * 8, items[i] as number, true);
  w.pos += size;
}
