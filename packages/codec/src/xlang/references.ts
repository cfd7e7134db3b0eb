import { fail } from "../failure.ts";
import type { ValueOp } from "./values/value-op.ts";
import type { XlangReader } from "./xlang-reader.ts";
import type { Reference, XlangWriter } from "./xlang-writer.ts";

/** The byte before a value that may be null or shared (docs/fory.md, "Flags"). */
export const Flag = { null: 0xfd, reference: 0xfe, value: 0xff, first: 0x00 } as const;

/** Stands for null until the caller has checked that null may be there. */
export const absent: unique symbol = Symbol("absent");

/** Memory of one entry in the table of references, roughly. */
const entryCost = 32;
const unfinished: unique symbol = Symbol("unfinished");

/** Writes what stands before a value of a tracked place; false where that was all, as the value came before. */
export function writeFlag(w: XlangWriter, value: unknown, op: ValueOp): boolean {
  if (op.tracked !== true) {
    w.putByte(Flag.value);
    return true;
  }
  const known = w.references?.get(value);
  for (let one = known; one; one = one.next) {
    if (one.shape !== op.shape) continue;
    w.putByte(Flag.reference);
    w.putSmall(one.id);
    return false;
  }
  noteReference(w, value, op.shape, known);
  w.putByte(Flag.first);
  return true;
}

/** Gives a value the next number. */
export function noteReference(
  w: XlangWriter,
  value: unknown,
  shape: string,
  next?: Reference,
): void {
  w.references ??= new Map();
  w.references.set(value, { id: w.referenceCount++, shape, next });
}

/** Reads a flag and the value it announces; `empty` for null. */
export function readFlagged(r: XlangReader, op: ValueOp, depth: number, empty: unknown): unknown {
  const flag = r.byte();
  switch (flag) {
    case Flag.value:
      return op.read(r, depth);
    case Flag.null:
      return empty;
    case Flag.first:
      return readFirst(r, op, depth);
    case Flag.reference:
      return readReference(r, op);
    default:
      throw fail("data", `flag byte ${flag}`);
  }
}

/** The value that others refer to by the next number. */
export function readFirst(r: XlangReader, op: ValueOp, depth: number): unknown {
  const id = openShared(r);
  const value = op.read(r, depth);
  closeShared(r, id, value, op.shape);
  return value;
}

/** Gives the value that follows the next number. */
export function openShared(r: XlangReader): number {
  r.charge(entryCost);
  const id = r.shared.push(unfinished) - 1;
  r.shapes.push("");
  r.pending = id;
  return id;
}

/** Makes it known, if it did not do that itself. */
export function closeShared(r: XlangReader, id: number, value: unknown, shape: string): void {
  if (r.pending === id) r.shapes[id] = shape;
  r.pending = -1;
  r.shared[id] = value;
}

/** Makes a container known before its contents are read, as they may refer to it. */
export function begin(r: XlangReader, container: unknown, shape: string): void {
  if (r.pending < 0) return;
  r.shared[r.pending] = container;
  r.shapes[r.pending] = shape;
  r.pending = -1;
}

/** A value that was read before. */
export function readReference(r: XlangReader, op: ValueOp): unknown {
  const id = r.small();
  const value = r.shared[id];
  if (id >= r.shared.length || value === unfinished) {
    throw fail("data", `a reference to value ${id}, of which there are ${r.shared.length}`);
  }
  const shape = r.shapes[id] as string;
  if (op.shape !== shape && op.accepts?.(shape) !== true) {
    throw fail("mismatch", "a reference to a value of another type");
  }
  return value;
}
