import { makeShape, parseShape, type Shape } from "./shape.ts";

/** Objects with more keys are treated as dictionaries: each would need a shape of its own. */
export const maxShapeKeys = 64;

/**
 * Shapes with longer names are not cached, so that neither peers nor the program can make the
 * caches large.
 */
const maxCachedBytes = 2_048;
/** Bounds of the cache for writing: programs have few shapes, and few with the same first key. */
const maxBuckets = 1_024;
const maxBucket = 8;
const written = new Map<string, Shape[]>();
const empty = makeShape([]);
/** Slots of `following`, a power of two. */
const followers = 64;
/** The shape that followed another one the last time, by the number of the earlier one. */
const following = new Array<Shape>(followers).fill(empty);
let last = empty;

/**
 * Returns the shape of an object if it has exactly the keys of the previous record, or of the
 * record that followed it the last time. That is faster than listing the keys.
 */
export function likelyShape(object: object): Shape | undefined {
  const next = following[last.place & (followers - 1)] as Shape;
  if (hasJust(object, next)) {
    last = next;
    return next;
  }
  return hasJust(object, last) ? last : undefined;
}

function hasJust(object: object, shape: Shape): boolean {
  const own = shape.keys;
  let i = 0;
  for (const key in object) if (own[i++] !== key) return false;
  return i === own.length;
}

/**
 * Returns true if all objects inherit enumerable keys. `for in` then lists more than an object's
 * own keys.
 */
export function isPolluted(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}

/**
 * Returns the shape of an object with these keys. The cache finds it by its first key, as programs
 * have few shapes.
 */
export function shapeOfKeys(keys: readonly string[]): Shape {
  const shape = find(keys);
  if (shape.names.length <= maxCachedBytes) {
    following[last.place & (followers - 1)] = shape;
    last = shape;
  }
  return shape;
}

function find(keys: readonly string[]): Shape {
  const first = keys[0];
  if (first === undefined) return empty;
  let bucket = written.get(first);
  if (bucket) {
    for (const shape of bucket) if (hasKeys(shape, keys)) return shape;
  }
  const shape = makeShape(keys);
  if (shape.names.length > maxCachedBytes) return shape;
  if (bucket) {
    if (bucket.length >= maxBucket) bucket.shift();
  } else {
    if (written.size >= maxBuckets) written.clear();
    bucket = [];
    written.set(first, bucket);
  }
  bucket.push(shape);
  return shape;
}

export function hasKeys(shape: Shape, keys: readonly string[]): boolean {
  const own = shape.keys;
  if (own.length !== keys.length) return false;
  for (let i = 0; i < own.length; i++) if (own[i] !== keys[i]) return false;
  return true;
}

/** Slots of the cache for reading, a power of two. */
const slots = 1_024;
const read: (Shape | undefined)[] = new Array<Shape | undefined>(slots).fill(undefined);

/**
 * Returns the shape that the names in a range of bytes define. A new shape may replace another one
 * in its slot.
 */
export function shapeOfNames(bytes: Uint8Array, start: number, end: number, named: boolean): Shape {
  const size = end - start;
  if (size > maxCachedBytes) return parseShape(bytes, start, end, named);
  const at = slotOf(bytes, start, size);
  const here = read[at];
  if (here && isDefinition(here, bytes, start, size, named)) return here;
  const beside = read[at ^ 1];
  if (beside && isDefinition(beside, bytes, start, size, named)) return beside;
  const shape = parseShape(bytes, start, end, named);
  // the less used of the two makes room
  read[here && beside && beside.reads < here.reads ? at ^ 1 : at] = shape;
  return shape;
}

function slotOf(bytes: Uint8Array, start: number, size: number): number {
  let hash = size;
  for (let i = 1; i < size; i += 3) hash = (Math.imul(hash, 31) + (bytes[start + i] as number)) | 0;
  return (hash ^ (hash >>> 10)) & (slots - 1);
}

function isDefinition(
  shape: Shape,
  bytes: Uint8Array,
  start: number,
  size: number,
  named: boolean,
): boolean {
  const known = shape.names;
  if (known.length !== size || (shape.tag !== undefined) !== named) return false;
  for (let i = 0; i < size; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}
