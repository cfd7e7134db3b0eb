import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { fail } from "../../failure.ts";
import { maxFields } from "../../limits.ts";
import { readNativeText, writeText } from "../native-text.ts";
import type { NativeReader } from "../reading/native-reader.ts";
import type { NativeWriter } from "../writing/native-writer.ts";

/** Maximum memory for the names of one shape while it is made. */
const maxNamesBytes = 1 << 28;

export type WriteRecord = (w: NativeWriter, object: object, depth: number) => void;
/**
 * Writes the items from `start` on that are records of the shape. Stops at the first other item and
 * returns its index.
 */
export type WriteRecords = (
  w: NativeWriter,
  items: readonly unknown[],
  start: number,
  count: number,
  depth: number,
) => number;
export type ReadRecord = (r: NativeReader, depth: number) => object;

let made = 0;

/**
 * The keys of records in order, and the tag of their class if they have one. Shapes outlive
 * messages: they hold the generated functions for their records.
 */
export class Shape {
  /** A number that differs from that of most other shapes. */
  readonly place: number = made++;
  readonly tag: string | undefined;
  readonly keys: readonly string[];
  /** Tag and keys in the form in which the first record of the shape brings them. */
  readonly names: Uint8Array;
  /** The message that defined the shape last, and the number of the shape there. */
  message = 0;
  number = 0;
  /** Generated functions, and how often they were needed before they existed. */
  write: WriteRecord | undefined;
  writeAll: WriteRecords | undefined;
  read: ReadRecord | undefined;
  writes = 0;
  reads = 0;

  constructor(tag: string | undefined, keys: readonly string[], names: Uint8Array) {
    this.tag = tag;
    this.keys = keys;
    this.names = names;
  }
}

/** Makes the shape of records with these keys. */
export function makeShape(keys: readonly string[], tag?: string): Shape {
  const w = new ByteWriter(new Uint8Array(256), { fixed: false });
  w.maxBytes = maxNamesBytes;
  if (tag !== undefined) writeText(w, tag);
  for (const key of keys) writeText(w, key);
  return new Shape(tag, [...keys], w.bytes.slice(0, w.pos));
}

/** Reads the names of a definition in a range of bytes, without its id and size. */
export function parseShape(bytes: Uint8Array, start: number, end: number, named: boolean): Shape {
  const r = new ByteReader(bytes);
  r.pos = start;
  r.end = end;
  const tag = named ? readNativeText(r) : undefined;
  const keys = new Set<string>();
  while (r.pos < end) {
    const key = readNativeText(r);
    if (keys.has(key)) throw fail("data", "a key appears twice in one object");
    if (keys.add(key).size > maxFields)
      throw fail("limit", `more than ${maxFields} keys in a shape`);
  }
  return new Shape(tag, [...keys], bytes.slice(start, end));
}
