import { asFailure } from "../../failure.ts";
import { NativeId } from "../native-id.ts";
import { writeText } from "../native-text.ts";
import { writerOf } from "../records/generate-record.ts";
import type { Shape } from "../records/shape.ts";
import { likelyShape, maxShapeKeys, shapeOfKeys } from "../records/shape-cache.ts";
import type { NativeWriter } from "./native-writer.ts";

/**
 * Writes a plain object: its own enumerable text keys, in order. Returns its shape if it has one.
 */
export function writePlain(w: NativeWriter, object: object, depth: number): Shape | undefined {
  if (!w.opened(object, depth)) return undefined;
  let shape = w.polluted ? undefined : likelyShape(object);
  if (!shape) {
    const keys = Object.keys(object);
    if (keys.length > maxShapeKeys) {
      writeEntries(w, object as Record<string, unknown>, keys, (value) =>
        w.value(value, depth + 1),
      );
      return undefined;
    }
    shape = shapeOfKeys(keys);
  }
  w.shape(shape);
  const write = w.exact ? undefined : (shape.write ?? writerOf(shape));
  if (write) {
    write(w, object, depth + 1);
    return shape;
  }
  const { keys } = shape;
  let i = 0;
  try {
    for (; i < keys.length; i++) {
      w.value((object as Record<string, unknown>)[keys[i] as string], depth + 1);
    }
  } catch (reason) {
    throw asFailure(reason).inField(keys[i] as string);
  }
  return shape;
}

/** Writes keys and values in turn, for objects that are dictionaries. */
export function writeEntries(
  w: NativeWriter,
  object: Record<string, unknown>,
  keys: readonly string[],
  write: (value: unknown) => void,
): void {
  w.putByte(NativeId.entries);
  w.putSmall(keys.length);
  for (const key of keys) {
    try {
      writeText(w, key);
      write(object[key]);
    } catch (reason) {
      throw asFailure(reason).inKey(key);
    }
  }
}
