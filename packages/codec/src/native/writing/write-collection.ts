import { TypeId } from "../../bytes/type-id.ts";
import { asFailure, fail } from "../../failure.ts";
import type { NativeWriter } from "./native-writer.ts";

type Write = (value: unknown) => void;

/** A `Map`, in its order. */
export function writeMap(
  w: NativeWriter,
  map: ReadonlyMap<unknown, unknown>,
  key: Write,
  value: Write,
): void {
  const count = sizeOf(map, mapSize);
  w.putByte(TypeId.map);
  w.putSmall(count);
  let written = 0;
  for (const [name, item] of Map.prototype.entries.call(map)) {
    if (written++ === count) break;
    try {
      key(name);
      value(item);
    } catch (reason) {
      throw asFailure(reason).inKey(typeof name === "object" ? "…" : name);
    }
  }
  checkCount(written, count);
}

/** A `Set`, in its order. */
export function writeSet(w: NativeWriter, set: ReadonlySet<unknown>, write: Write): void {
  const count = sizeOf(set, setSize);
  w.putByte(TypeId.set);
  w.putSmall(count);
  let written = 0;
  for (const item of Set.prototype.values.call(set)) {
    if (written++ === count) break;
    try {
      write(item);
    } catch (reason) {
      throw asFailure(reason).inItem(written - 1);
    }
  }
  checkCount(written, count);
}

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get;
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, "size")?.get;

/** The size by the class itself: one that extends it may say anything. */
function sizeOf(collection: object, getter: (() => unknown) | undefined): number {
  return Number(getter?.call(collection));
}

function checkCount(written: number, count: number): void {
  if (written !== count) throw fail("value", "a collection that a getter changes while it is read");
}
