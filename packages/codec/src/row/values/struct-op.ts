import { asFailure, fail, kindOf } from "../../failure.ts";
import { setOwn } from "../../own-property.ts";
import type { RowSource, Span } from "../row-source.ts";
import type { RowView } from "../row-view.ts";
import { bitmapBytes, type RowWriter } from "../row-writer.ts";
import type { RowField } from "../schema/row-schema.ts";
import type { ReadShape, Shape, ShapeField, ShapeReadField } from "../shape.ts";
import { emptyOf, type RowOp, type RowReadOp } from "./row-op.ts";
import { structView } from "./struct-view.ts";

export function structReadOp(shape: ReadShape): RowReadOp {
  return {
    width: 8,
    cost: 24,
    read: (source, span, slot) => readStruct(source, source.take(span, slot), shape),
    view: (source, span, slot, path) => viewStruct(source, source.find(span, slot), shape, path),
  };
}

export function structOp(shape: Shape): RowOp {
  return {
    ...structReadOp(shape),
    type: Object.freeze({ kind: "struct", fields: schemaFields(shape) }),
    write(w, slot, value, base) {
      const start = w.pos;
      writeStruct(w, shape, value);
      w.refer(slot, base, start);
    },
  };
}

/**
 * Returns the fields of a schema. They are always marked as nullable, as the null bitmap is always
 * present.
 */
export function schemaFields(shape: Shape): readonly RowField[] {
  return Object.freeze(
    shape.fields.map(({ name, op }) => Object.freeze({ name, type: op.type, nullable: true })),
  );
}

/** Writes null bitmap, slots, and behind them the values to which they refer. */
export function writeStruct(w: RowWriter, shape: Shape, value: unknown): void {
  if (typeof value !== "object" || value === null || shape.isOther?.(value)) {
    throw fail("value", `expected an object (${shape.label}), got ${kindOf(value)}`);
  }
  const { fields } = shape;
  const bitmap = bitmapBytes(fields.length);
  const start = w.reserve(bitmap + fields.length * 8);
  let i = 0;
  try {
    for (; i < fields.length; i++) {
      const field = fields[i] as ShapeField;
      const given = (value as Record<string, unknown>)[field.key];
      const item = given === undefined && field.default ? field.default() : given;
      if (field.nullable && (item === undefined || item === null)) {
        w.setNull(start, i);
        continue;
      }
      if (item === undefined) throw fail("value", "is missing");
      field.op.write(w, start + bitmap + i * 8, item, start);
    }
  } catch (reason) {
    throw asFailure(reason).inField((fields[i] as ShapeField).key);
  }
}

/** Returns a view of a struct that is not open yet. */
export function viewStruct(
  source: RowSource,
  span: Span,
  shape: ReadShape,
  path: string,
): RowView<unknown> {
  source.openStruct(span, shape.fields.length);
  return structView({ source, span, shape, path, read: (s) => readStruct(s, span, shape) });
}

/** Returns the object of a struct that is not open yet, with all its fields. */
export function readStruct(source: RowSource, span: Span, shape: ReadShape): unknown {
  source.openStruct(span, shape.fields.length);
  source.spend(shape.fields.length * 8);
  const object: Record<string, unknown> = Object.create(shape.prototype);
  for (const i of shape.order) {
    const field = shape.fields[i] as ShapeReadField;
    const slot = span.slots + i * 8;
    source.at = slot;
    try {
      const value = source.isNull(span, i) ? emptyOf(field) : field.op.read(source, span, slot);
      setOwn(object, field.key, value);
    } catch (reason) {
      throw asFailure(reason).inField(field.key);
    }
  }
  return object;
}
