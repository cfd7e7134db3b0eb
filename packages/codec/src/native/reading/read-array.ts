import { readDouble } from "../../bytes/float.ts";
import { TypeId } from "../../bytes/type-id.ts";
import { asFailure, fail } from "../../failure.ts";
import { NativeId } from "../native-id.ts";
import { fewDoubles, sameType } from "../writing/write-array.ts";
import type { NativeReader } from "./native-reader.ts";

/** Approximate cost of the place of an element, as in `CodecLimits.graphBytes`. */
const elementCost = 46;

/** Reads an array: of any values, or of doubles without ids. */
export function readArray(r: NativeReader, depth: number): unknown[] {
  r.checkDepth(depth);
  const count = r.count(r.small(), elementCost);
  const items = r.made<unknown[]>([]);
  if (count === 0) return items;
  const flags = r.byte();
  if (flags === sameType) {
    readDoubles(r, items, count);
    return items;
  }
  if (flags !== 0) throw fail("data", `list flags ${flags}`);
  let i = 0;
  try {
    for (; i < count; i++) {
      if (r.bytes[r.pos] === NativeId.hole) {
        r.pos++;
        items.length++;
      } else items.push(r.value(depth + 1));
    }
  } catch (reason) {
    throw asFailure(reason).inItem(i);
  }
  return items;
}

function readDoubles(r: NativeReader, items: unknown[], count: number): void {
  const id = r.byte();
  if (id !== TypeId.float64) throw fail("data", `a list of type id ${id}`);
  if (count < fewDoubles) {
    for (let i = 0; i < count; i++) items.push(readDouble(r));
    return;
  }
  const start = r.take(count * 8);
  const view = new DataView(r.bytes.buffer, r.bytes.byteOffset + start, count * 8);
  for (let i = 0; i < count; i++) items.push(view.getFloat64(i * 8, true));
}
