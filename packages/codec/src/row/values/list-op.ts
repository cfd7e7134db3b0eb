import { arrayClass, type NumberElementKind } from "../../bytes/array-class.ts";
import { setAdder } from "../../bytes/key-guard.ts";
import { asFailure, fail, kindOf } from "../../failure.ts";
import { isArrayOf, isSet } from "../../value-kind.ts";
import type { RowSource, Span } from "../row-source.ts";
import { aligned, bitmapBytes, type RowWriter } from "../row-writer.ts";
import type { RowType } from "../schema/row-schema.ts";
import { listView } from "./list-view.ts";
import {
  type ElementOp,
  type ElementReadOp,
  emptyOf,
  type RowOp,
  type RowReadOp,
} from "./row-op.ts";

/** The op of a list as an array, for reading only. */
export function listReadOp(element: ElementReadOp): RowReadOp {
  return {
    width: 8,
    cost: 32,
    read: (source, span, slot) => readItems(source, source.take(span, slot), element),
    view(source, span, slot, path) {
      const found = openItems(source, source.find(span, slot), element);
      return listView({
        source,
        span: found,
        element,
        path,
        read: (s) => readItems(s, found, element),
      });
    },
  };
}

/** The op of a list, held as an array. */
export function listOp(element: ElementOp): RowOp {
  return {
    ...listReadOp(element),
    type: listType(element),
    write(w, slot, value, base) {
      if (!Array.isArray(value)) throw fail("value", `expected an array, got ${kindOf(value)}`);
      writeList(w, slot, value, base, element);
    },
  };
}

/** The op of a list of distinct elements, held as a `Set`. */
export function setOp(element: ElementOp): RowOp {
  return {
    ...listReadOp(element),
    type: listType(element),
    cost: 128,
    write(w, slot, value, base) {
      if (!isSet(value)) throw fail("value", `expected a Set, got ${kindOf(value)}`);
      writeList(w, slot, [...value], base, element);
    },
    read(source, span, slot) {
      const set = new Set<unknown>();
      readItems(source, source.take(span, slot), element).forEach(setAdder(set));
      return set;
    },
  };
}

/** The op of a list of numbers, held as a typed array. */
export function typedArrayOp(kind: NumberElementKind, op: RowOp): RowOp {
  const Class = arrayClass[kind] as unknown as {
    readonly name: string;
    new (count: number): Record<number, unknown>;
  };
  const element: ElementOp = { op, nullable: false, empty: null };
  const numbers = (source: RowSource, span: Span): unknown => {
    openItems(source, span, element);
    source.spend(span.count * op.width);
    const array = new Class(span.count);
    eachItem(source, span, element, (item, i) => {
      array[i] = item;
    });
    return array;
  };
  return {
    ...listReadOp(element),
    type: listType(element),
    cost: 128,
    write(w, slot, value, base) {
      if (!isArrayOf(Class, value)) {
        throw fail("value", `expected a ${Class.name}, got ${kindOf(value)}`);
      }
      writeList(w, slot, value as unknown as ArrayLike<unknown>, base, element);
    },
    read: (source, span, slot) => numbers(source, source.take(span, slot)),
    view: (source, span, slot) => numbers(source, source.find(span, slot)),
  };
}

/**
 * Returns the type of a list. Elements are always marked as nullable, as the null bitmap is always
 * present.
 */
function listType({ op }: ElementOp): RowType {
  return Object.freeze({ kind: "list", element: Object.freeze({ type: op.type, nullable: true }) });
}

function writeList(
  w: RowWriter,
  slot: number,
  items: ArrayLike<unknown>,
  base: number,
  element: ElementOp,
): void {
  const start = w.pos;
  writeItems(w, items, element, (failure, i) => failure.inItem(i));
  w.refer(slot, base, start);
}

/** Writes count, null bitmap, elements, and behind them the values to which they refer. */
export function writeItems(
  w: RowWriter,
  items: ArrayLike<unknown>,
  { op, nullable }: ElementOp,
  locate: (failure: ReturnType<typeof asFailure>, i: number) => unknown,
): void {
  const count = items.length;
  const bitmap = bitmapBytes(count);
  const start = w.reserve(8 + bitmap + aligned(count * op.width));
  w.data.setUint32(start, count, true);
  const first = start + 8 + bitmap;
  let i = 0;
  try {
    for (; i < count; i++) {
      const item = items[i];
      if (nullable && (item === null || item === undefined)) w.setNull(start + 8, i);
      else op.write(w, first + i * op.width, item, start);
    }
  } catch (reason) {
    throw locate(asFailure(reason), i);
  }
}

export function openItems(source: RowSource, span: Span, { op }: ElementReadOp): Span {
  source.openArray(span, op.width);
  return span;
}

/** Returns the elements of an array that is not open yet. */
export function readItems(source: RowSource, span: Span, element: ElementReadOp): unknown[] {
  openItems(source, span, element);
  source.spend(span.count * (8 + element.op.cost));
  const items: unknown[] = [];
  eachItem(source, span, element, (item) => {
    items.push(item);
  });
  return items;
}

function eachItem(
  source: RowSource,
  span: Span,
  element: ElementReadOp,
  add: (item: unknown, i: number) => void,
): void {
  let i = 0;
  try {
    for (; i < span.count; i++) add(readItem(source, span, element, i), i);
  } catch (reason) {
    throw asFailure(reason).inItem(i);
  }
}

function readItem(source: RowSource, span: Span, element: ElementReadOp, i: number): unknown {
  source.at = span.slots + i * element.op.width;
  if (source.isNull(span, i)) return emptyOf(element);
  return element.op.read(source, span, source.at);
}
