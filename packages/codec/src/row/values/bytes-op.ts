import { fail, kindOf } from "../../failure.ts";
import { isBytes } from "../../value-kind.ts";
import { notOneOf } from "../../xlang/values/enum-op.ts";
import type { RowOp } from "./row-op.ts";

/** The op of text in UTF-8. */
export const textOp: RowOp = {
  type: Object.freeze({ kind: "string" }),
  width: 8,
  cost: 24,
  write(w, slot, value, base) {
    if (typeof value !== "string") throw fail("value", `expected a string, got ${kindOf(value)}`);
    w.putText(slot, base, value);
  },
  read: (source, span, slot) => source.text(source.take(span, slot)),
  view: (source, span, slot) => source.text(source.find(span, slot)),
};

/** The op of bytes. Decoded bytes are a copy, those of a view are part of the row. */
export const binaryOp: RowOp = {
  type: Object.freeze({ kind: "binary" }),
  width: 8,
  cost: 96,
  write(w, slot, value, base) {
    if (!isBytes(value)) {
      throw fail("value", `expected bytes (Uint8Array), got ${kindOf(value)}`);
    }
    w.putBytes(slot, base, value);
  },
  read(source, span, slot) {
    const { start, end } = source.take(span, slot);
    return source.bytes.slice(start, end);
  },
  view(source, span, slot) {
    const { start, end } = source.find(span, slot);
    return source.bytes.subarray(start, end);
  },
};

/** The op of an enum. Its values are written as themselves, with the op of their type. */
export function enumOp(values: readonly (string | number)[], op: RowOp): RowOp {
  const known = new Set<unknown>(values);
  const checked = (value: unknown): unknown => {
    if (!known.has(value)) throw fail("data", notOneOf(value, values));
    return value;
  };
  return {
    ...op,
    write(w, slot, value, base) {
      if (!known.has(value)) throw fail("value", notOneOf(value, values));
      op.write(w, slot, value, base);
    },
    read: (source, span, slot) => checked(op.read(source, span, slot)),
    view: (source, span, slot, path) => checked(op.view(source, span, slot, path)),
  };
}
