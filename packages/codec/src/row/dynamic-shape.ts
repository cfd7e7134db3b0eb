import { float16Value } from "../bytes/float16.ts";
import { CodecError } from "../error.ts";
import type { RowElement, RowField, RowScalarKind, RowType } from "./schema/row-schema.ts";
import type { ReadShape } from "./shape.ts";
import { binaryOp, textOp } from "./values/bytes-op.ts";
import { bigIntegerOp, boolOp, floatOp, integerOp } from "./values/fixed-op.ts";
import { listReadOp } from "./values/list-op.ts";
import { mapReadOp } from "./values/map-op.ts";
import type { ElementReadOp, RowReadOp } from "./values/row-op.ts";
import { structReadOp } from "./values/struct-op.ts";
import { dateOp, microsOp } from "./values/time-op.ts";

/** Returns the shape of rows of which only the schema is known. */
export function dynamicShape(fields: readonly RowField[], depth: number): ReadShape {
  if (depth < 1) throw new CodecError("limit", "the schema of the rows nests too deep");
  return {
    label: "row",
    fields: fields.map((field) => ({
      ...elementOf(field, depth),
      name: field.name,
      key: field.name,
    })),
    order: fields.map((_, i) => i),
    slots: new Map(fields.map(({ name }, i) => [name, i])),
    prototype: Object.prototype,
  };
}

function elementOf({ type, nullable }: RowElement, depth: number): ElementReadOp {
  return { op: opOf(type, depth), nullable, empty: null };
}

function opOf(type: RowType, depth: number): RowReadOp {
  switch (type.kind) {
    case "list":
      return listReadOp(innerOf(type.element, depth));
    case "map":
      return mapReadOp(innerOf(type.key, depth), innerOf(type.value, depth), "map");
    case "struct":
      return structReadOp(dynamicShape(type.fields, depth - 1));
    default:
      return scalars[type.kind];
  }
}

function innerOf(element: RowElement, depth: number): ElementReadOp {
  if (depth < 2) throw new CodecError("limit", "the schema of the rows nests too deep");
  return elementOf(element, depth - 1);
}

/** The op of half-precision numbers, which other languages write: it only reads. */
const float16Op: RowReadOp = {
  width: 2,
  cost: 0,
  read: (source, _, slot) => float16Value(source.data.getUint16(slot, true)),
  view: (source, _, slot) => float16Value(source.data.getUint16(slot, true)),
};

const scalars: Readonly<Record<RowScalarKind, RowReadOp>> = {
  bool: boolOp,
  int8: integerOp("int8"),
  int16: integerOp("int16"),
  int32: integerOp("int32"),
  int64: bigIntegerOp,
  float16: float16Op,
  float32: floatOp("float32"),
  float64: floatOp("float64"),
  string: textOp,
  binary: binaryOp,
  duration: microsOp("duration"),
  timestamp: microsOp("timestamp"),
  date: dateOp,
};
