import { TypeId } from "../../bytes/type-id.ts";
import { asFailure, fail } from "../../failure.ts";
import type { NativeWriter } from "./native-writer.ts";

type Write = (value: unknown) => void;

/** Writes a `Map` in its order. */
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

/** Writes a `Set` in its order. */
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

/** Returns the size from the built-in getter: a subclass may return another number. */
function sizeOf(collection: object, getter: (() => unknown) | undefined): number {
  return Number(getter?.call(collection));
}

function checkCount(written: number, count: number): void {
  if (written !== count) throw fail("value", "a collection that changed while it was read");
}
