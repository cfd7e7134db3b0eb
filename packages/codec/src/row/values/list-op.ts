import { arrayClass, type NumberElementKind } from "../../bytes/array-class.ts";
import { asFailure, fail, kindOf } from "../../failure.ts";
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

/** A list as an array, for reading. */
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

/** A list, held as an array. */
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

/** A list of different elements, held as a `Set`. */
export function setOp(element: ElementOp): RowOp {
  return {
    ...listReadOp(element),
    type: listType(element),
    cost: 128,
    write(w, slot, value, base) {
      if (!(value instanceof Set)) throw fail("value", `expected a Set, got ${kindOf(value)}`);
      writeList(w, slot, [...value], base, element);
    },
    read: (source, span, slot) => new Set(readItems(source, source.take(span, slot), element)),
  };
}

/** A list of numbers, held as a typed array. */
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
      if (!(value instanceof Class)) {
        throw fail("value", `expected a ${Class.name}, got ${kindOf(value)}`);
      }
      writeList(w, slot, value as unknown as ArrayLike<unknown>, base, element);
    },
    read: (source, span, slot) => numbers(source, source.take(span, slot)),
    view: (source, span, slot) => numbers(source, source.find(span, slot)),
  };
}

/** Elements are marked as nullable whatever they are: the null bitmap is always there. */
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

/** Count, null bitmap, elements, and behind them what they refer to. */
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

/** The elements of an unopened array. */
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
