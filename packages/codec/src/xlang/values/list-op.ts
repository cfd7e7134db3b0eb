import { setAdder } from "../../bytes/key-guard.ts";
import { TypeId } from "../../bytes/type-id.ts";
import { asFailure, fail, kindOf } from "../../failure.ts";
import { isSet } from "../../value-kind.ts";
import { absent, begin, Flag, readFlagged, writeFlag } from "../references.ts";
import type { XlangReader } from "../xlang-reader.ts";
import type { XlangWriter } from "../xlang-writer.ts";
import { type ElementOp, elementShape } from "./element-op.ts";
import { containerOp, missingOp, noneOp, type ValueOp } from "./value-op.ts";

/** The bits of the byte before the elements (docs/fory.md, "Lists and sets"). */
export const ListFlag = { tracked: 1, nulls: 2, declared: 4, same: 8 } as const;

/**
 * The number by which the announced count of a list may exceed the bytes of the message, if an
 * element may take no bytes: a struct without fields.
 */
export const maxUnbacked = 8_192;

/** Approximate cost of the place of an element, as in `CodecLimits.graphBytes`. */
export const elementCost = 40;
/** The same for an entry of a set. */
const entryCost = 480;

/** The op of a list, held as an array. */
export function listOp(element: ElementOp): ValueOp {
  const op = containerOp(
    TypeId.list,
    (w, value, depth, keeps) => {
      if (!Array.isArray(value)) throw fail("value", `expected an array, got ${kindOf(value)}`);
      writeItems(w, value, element, depth, keeps);
    },
    (r, depth, keeps) => {
      const items: unknown[] = [];
      begin(r, items, op);
      readItems(r, element, elementCost, depth, keeps, (item) => {
        items.push(item);
      });
      return items;
    },
    32,
    `list<${elementShape(element)}>`,
  );
  return op;
}

/** The op of a set, held as a `Set`. */
export function setOp(element: ElementOp): ValueOp {
  const op = containerOp(
    TypeId.set,
    (w, value, depth, keeps) => {
      if (!isSet(value)) throw fail("value", `expected a Set, got ${kindOf(value)}`);
      writeItems(w, [...value], element, depth, keeps);
    },
    (r, depth, keeps) => {
      const items = new Set<unknown>();
      begin(r, items, op);
      readItems(r, element, entryCost, depth, keeps, setAdder(items));
      return items;
    },
    128,
    `set<${elementShape(element)}>`,
  );
  return op;
}

function writeItems(
  w: XlangWriter,
  items: readonly unknown[],
  element: ElementOp,
  depth: number,
  keeps: boolean | undefined,
): void {
  w.checkDepth(depth);
  const count = items.length;
  w.putSmall(count);
  if (count === 0) return;
  const nulls = element.nullable && hasNull(items, count);
  const { dynamic } = element.op;
  const ops = dynamic ? itemOps(items, count, element, dynamic.classify) : undefined;
  const same = !ops || ops.every((op) => op === ops[0] || op === undefined);
  const sameOp = ops ? (ops.find((op) => op !== undefined) ?? noneOp) : element.op;
  const tracked = w.tracking && (!same || sameOp.tracked === true);
  w.putByte(
    (ops || element.typed ? 0 : ListFlag.declared) |
      (same ? ListFlag.same : 0) |
      (nulls && !(same && tracked) ? ListFlag.nulls : 0) |
      (tracked ? ListFlag.tracked : 0),
  );
  if (same && (ops || element.typed)) sameOp.writeInfo(w);
  let i = 0;
  try {
    for (; i < count; i++) {
      const item = items[i];
      const op = ops?.[i] ?? sameOp;
      if (nulls && (item === null || item === undefined)) {
        w.putByte(Flag.null);
        continue;
      }
      if (tracked) {
        if (!writeFlag(w, item, op, keeps)) continue;
      } else if (nulls) w.putByte(Flag.value);
      if (!same) op.writeInfo(w);
      op.write(w, item, depth + 1, keeps);
    }
  } catch (reason) {
    throw asFailure(reason).inItem(i);
  }
}

function hasNull(items: readonly unknown[], count: number): boolean {
  for (let i = 0; i < count; i++) {
    if (items[i] === null || items[i] === undefined) return true;
  }
  return false;
}

/** Returns the op of each element; undefined for a null with a flag byte. */
function itemOps(
  items: readonly unknown[],
  count: number,
  element: ElementOp,
  classify: (value: unknown) => ValueOp,
): (ValueOp | undefined)[] {
  const ops: (ValueOp | undefined)[] = [];
  for (let i = 0; i < count; i++) {
    const item = items[i];
    const empty = item === null || item === undefined;
    try {
      ops.push(empty && element.nullable ? undefined : classify(item));
    } catch (reason) {
      throw asFailure(reason).inItem(i);
    }
  }
  return ops;
}

function readItems(
  r: XlangReader,
  element: ElementOp,
  cost: number,
  depth: number,
  keeps: boolean | undefined,
  add: (item: unknown) => void,
): void {
  r.checkDepth(depth);
  const { typed, op: declared } = element;
  // a struct without fields takes no bytes unless each has type info
  const bare = typed || declared.tracked === true || declared.dynamic !== undefined;
  const count = r.count(r.small(), cost + declared.cost, bare ? maxUnbacked : 0);
  if (count === 0) return;
  const bits = r.byte();
  if (bits > 15) throw fail("data", `list flags ${bits}`);
  const flagged = (bits & (ListFlag.nulls | ListFlag.tracked)) !== 0;
  const op = elementOp(r, element, bits);
  const empty = element.optional ? undefined : null;
  let i = 0;
  try {
    for (; i < count; i++) {
      const item = flagged
        ? readFlagged(r, op, depth + 1, absent, keeps)
        : op.read(r, depth + 1, keeps);
      if (item === absent && !element.nullable) {
        throw fail("data", "null in a list that has no nulls");
      }
      add(item === absent ? empty : item);
    }
  } catch (reason) {
    throw asFailure(reason).inItem(i);
  }
}

/** Returns the op of all elements. If they differ in type, it reads type info each time. */
function elementOp(r: XlangReader, element: ElementOp, bits: number): ValueOp {
  const { op } = element;
  if (bits & ListFlag.declared) return declaredOp(op);
  if (bits & ListFlag.same) return ownOp(r, element);
  return infoFirst(element);
}

/** Returns the op of values that each have type info in front. */
export function infoFirst(element: ElementOp): ValueOp {
  const { op } = element;
  if (op.dynamic) return op;
  return {
    ...op,
    read: (r, depth, keeps) => ownOp(r, element).read(r, depth, keeps),
  };
}

/** Returns the op for values without type info. */
export function declaredOp(op: ValueOp): ValueOp {
  const { dynamic } = op;
  if (!dynamic) return op;
  if (dynamic.declared) return dynamic.declared;
  throw fail("data", "a declared type in a place of values with their own types");
}

/** Reads type info and returns the op for it. */
export function ownOp(r: XlangReader, { op, nullable, optional }: ElementOp): ValueOp {
  if (op.dynamic) return op.dynamic.readType(r);
  if (nullable && r.bytes[r.pos] === TypeId.none) {
    r.pos++;
    return optional ? missingOp : noneOp;
  }
  return op.readInfo(r);
}
