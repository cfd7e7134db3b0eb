import { fail } from "../failure.ts";
import type { Target, ValueOp } from "./values/value-op.ts";
import type { XlangReader } from "./xlang-reader.ts";
import type { Reference, XlangWriter } from "./xlang-writer.ts";

/** The byte before a value that may be null or shared (docs/fory.md, "Flags"). */
export const Flag = { null: 0xfd, reference: 0xfe, value: 0xff, first: 0x00 } as const;

/** The value of null until the caller has checked that null is allowed. */
export const absent: unique symbol = Symbol("absent");

const undeclared =
  "a reference to an earlier value, which the type does not keep here: give the type " +
  "{ refs: true }, or the field .meta({ ref: true })";
/** Approximate memory of one entry in the table of references. */
const entryCost = 32;
const unfinished: unique symbol = Symbol("unfinished");
const nothing: Target = { shape: "" };

/**
 * Writes the flag of a value in a tracked place. Returns false if a reference to an earlier value
 * was written instead of it, which only types and fields with `refs` allow.
 */
export function writeFlag(w: XlangWriter, value: unknown, op: ValueOp, keeps = false): boolean {
  if (op.tracked !== true) {
    w.putByte(Flag.value);
    return true;
  }
  const known = w.references?.get(value);
  if (keeps || op.refs === true || w.keeps) {
    for (let one = known; one; one = one.next) {
      if (one.shape !== op.shape) continue;
      w.putByte(Flag.reference);
      w.putSmall(one.id);
      return false;
    }
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

/**
 * Reads a flag and the value behind it. Returns `empty` for null. `keeps` is true if the place
 * keeps references.
 */
export function readFlagged(
  r: XlangReader,
  op: ValueOp,
  depth: number,
  empty: unknown,
  keeps = false,
): unknown {
  const flag = r.byte();
  switch (flag) {
    case Flag.value:
      return op.read(r, depth, keeps);
    case Flag.null:
      return empty;
    case Flag.first:
      return readFirst(r, op, depth, keeps);
    case Flag.reference:
      return readReference(r, op, keeps);
    default:
      throw fail("data", `flag byte ${flag}`);
  }
}

/** Reads a value to which later references may point. */
function readFirst(r: XlangReader, op: ValueOp, depth: number, keeps: boolean): unknown {
  const id = openShared(r);
  const value = op.read(r, depth, keeps);
  closeShared(r, id, value, op);
  return value;
}

/** Reserves the next number for the value that follows. */
export function openShared(r: XlangReader): number {
  r.charge(entryCost);
  const id = r.shared.push(unfinished) - 1;
  r.targets.push(nothing);
  r.pending = id;
  return id;
}

/**
 * Sets the value of a reserved number. Its type is that of `op`, unless the value registered itself
 * with a more specific one.
 */
export function closeShared(r: XlangReader, id: number, value: unknown, op: Target): void {
  // a conversion replaces the container that registered itself
  if (r.shared[id] !== value) r.targets[id] = op;
  r.pending = -1;
  r.shared[id] = value;
}

/** Registers a container before its contents are read, as they may refer to it. */
export function begin(r: XlangReader, container: unknown, op: Target): void {
  if (r.pending < 0) return;
  r.shared[r.pending] = container;
  r.targets[r.pending] = op;
  r.pending = -1;
}

/**
 * Reads a reference and returns the earlier value. Throws a `mismatch` failure if neither the place
 * nor the type of the value keeps references: a short message could otherwise stand for a value of
 * any size, and change two fields at once.
 */
export function readReference(r: XlangReader, op: ValueOp, keeps: boolean): unknown {
  const id = r.small();
  const value = r.shared[id];
  if (id >= r.shared.length || value === unfinished) {
    throw fail("data", `a reference to value ${id}, of which there are ${r.shared.length}`);
  }
  const { shape, refs = false } = r.targets[id] as Target;
  if (!keeps && !refs && !r.keeps) throw fail("mismatch", undeclared);
  if (op.shape !== shape && op.accepts?.(shape) !== true) {
    throw fail("mismatch", "a reference to a value of another type");
  }
  return value;
}
