import { asFailure, fail } from "../../failure.ts";
import { setOwn } from "../../own-property.ts";
import { readNativeText } from "../native-text.ts";
import { readerOf } from "../records/generate-record.ts";
import type { Shape } from "../records/shape.ts";
import { shapeOfNames } from "../records/shape-cache.ts";
import type { BoundStruct } from "../types/native-types.ts";
import type { NativeReader } from "./native-reader.ts";

/**
 * Approximate cost of an object, and of an entry of a dictionary, as in `CodecLimits.graphBytes`.
 */
const recordCost = 160;
const entryCost = 480;
/** Cost of a key of a shape that is new: V8 makes another form of objects for each. */
const newKeyCost = 2_000;

/** Reads a record that defines a new shape. */
export function readDefined(r: NativeReader, named: boolean, depth: number): object {
  const size = r.small();
  const start = r.take(size);
  const shape = shapeOfNames(r.bytes, start, r.pos, named);
  if (shape.reads === 0) r.charge(shape.keys.length * newKeyCost);
  r.recordShapes.push(shape);
  return readShaped(r, shape, depth);
}

/** Reads a record of a shape that was defined before. */
export function readRecord(r: NativeReader, number: number, depth: number): object {
  const shape = r.recordShapes[number];
  if (!shape) throw fail("data", `a reference to the unknown shape ${number}`);
  return readShaped(r, shape, depth);
}

function readShaped(r: NativeReader, shape: Shape, depth: number): object {
  r.checkDepth(depth);
  r.count(shape.keys.length, 8);
  r.charge(recordCost);
  if (shape.tag !== undefined) return readInstance(r, shape, shape.tag, depth);
  const read = r.exact ? undefined : (shape.read ?? readerOf(shape));
  if (read) return read(r, depth + 1);
  const object: Record<string, unknown> = {};
  r.objects.push(object);
  readValues(r, shape, depth, (key, value) => setOwn(object, key, value));
  return object;
}

/**
 * Reads an object of a class. Its values are set without running setters, as they are not checked
 * yet.
 */
function readInstance(r: NativeReader, shape: Shape, tag: string, depth: number): object {
  const struct: BoundStruct | undefined = r.structNamed(tag);
  if (!struct) throw fail("mismatch", `the type ${tag.slice(0, 80)} is not known here`);
  const object: object = Object.create(struct.prototype);
  r.objects.push(object);
  r.instances.push([object, struct]);
  readValues(r, shape, depth, (key, value) => {
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  });
  return object;
}

function readValues(
  r: NativeReader,
  { keys }: Shape,
  depth: number,
  set: (key: string, value: unknown) => void,
): void {
  let i = 0;
  try {
    for (; i < keys.length; i++) set(keys[i] as string, r.value(depth + 1));
  } catch (reason) {
    throw asFailure(reason).inField(keys[i] as string);
  }
}

/** Reads keys and values in turn. */
export function readEntries(r: NativeReader, depth: number): object {
  r.checkDepth(depth);
  const count = r.count(r.small(), entryCost);
  const object = r.made<Record<string, unknown>>({});
  for (let i = 0; i < count; i++) {
    const key = readNativeText(r);
    if (Object.hasOwn(object, key)) throw fail("data", "a key appears twice in one object");
    try {
      setOwn(object, key, r.value(depth + 1));
    } catch (reason) {
      throw asFailure(reason).inKey(key);
    }
  }
  return object;
}

/** Approximate memory of an instance. */
const instanceCost = 64;

/** Reads the tag of an ext, and its form as a message of its own. */
export function readExt(r: NativeReader, depth: number): object {
  const tag = r.textValue();
  const size = r.small();
  const start = r.take(size);
  const ext = r.extNamed(tag);
  if (!ext) throw fail("mismatch", `the type ${tag.slice(0, 80)} is not known here`);
  r.charge(instanceCost);
  const place = r.objects.push(undefined) - 1;
  r.pos = start;
  const object = ext.read(r, start + size, depth);
  r.objects[place] = object;
  return object;
}
