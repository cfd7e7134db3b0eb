import { makeShape, parseShape, type Shape } from "./shape.ts";

/** Objects with more keys are dictionaries: each has a shape of its own. */
export const maxShapeKeys = 64;

/** Shapes with longer names are made each time: the caches stay small whatever a peer sends, or makes us send. */
const maxCachedBytes = 2_048;
const maxBuckets = 1_024;
const maxBucket = 8;
const written = new Map<string, Shape[]>();
const empty = makeShape([]);
/** Records of one shape come in a row. */
let last = empty;

/** The shape of the record before this one, if the object has just its keys: quicker than to list them. */
export function lastShape(object: object): Shape | undefined {
  const own = last.keys;
  let i = 0;
  for (const key in object) if (own[i++] !== key) return undefined;
  return i === own.length ? last : undefined;
}

/** Whether all objects inherit keys, so that those of an object cannot be told from its own by `for in`. */
export function isPolluted(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}

/** The shape of an object with these keys: found by its first key, as programs have few shapes. */
export function shapeOfKeys(keys: readonly string[]): Shape {
  const shape = find(keys);
  if (shape.names.length <= maxCachedBytes) last = shape;
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

const slots = 1_024;
const read: (Shape | undefined)[] = new Array<Shape | undefined>(slots).fill(undefined);

/** The shape that names between two places define; a place in the cache belongs to who came last. */
export function shapeOfNames(bytes: Uint8Array, start: number, end: number, named: boolean): Shape {
  const size = end - start;
  if (size > maxCachedBytes) return parseShape(bytes, start, end, named);
  const at = slotOf(bytes, start, size);
  const here = read[at];
  if (here && isDefinition(here, bytes, start, size, named)) return here;
  const beside = read[at ^ 1];
  if (beside && isDefinition(beside, bytes, start, size, named)) return beside;
  const shape = parseShape(bytes, start, end, named);
  // the one that was used less makes room
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
