import type { Data, DataType, Field, Struct } from "apache-arrow";
import { dayOf } from "../bytes/day.ts";
import { float16Bits } from "../bytes/float16.ts";
import { CodecError } from "../error.ts";
import type { RowElement, RowScalarKind, RowType } from "./schema/row-schema.ts";

/** The package `apache-arrow`, which the caller loads. */
export type ArrowLibrary = typeof import("apache-arrow");

const encoder = new TextEncoder();
/** Arrow's offsets are int32. */
const maxOffset = 0x7fff_ffff;

export function arrowField(arrow: ArrowLibrary, name: string, element: RowElement): Field {
  return new arrow.Field(name, arrowType(arrow, element.type), element.nullable);
}

function arrowType(arrow: ArrowLibrary, type: RowType): DataType {
  switch (type.kind) {
    case "list":
      return new arrow.List(arrowField(arrow, "item", type.element));
    case "map":
      return new arrow.Map_(new arrow.Field("entries", entriesType(arrow, type), false));
    case "struct":
      return new arrow.Struct(type.fields.map((field) => arrowField(arrow, field.name, field)));
    default:
      return scalarType(arrow, type.kind);
  }
}

function entriesType(
  arrow: ArrowLibrary,
  type: Extract<RowType, { kind: "map" }>,
): Struct<{ key: DataType; value: DataType }> {
  return new arrow.Struct<{ key: DataType; value: DataType }>([
    arrowField(arrow, "key", type.key),
    arrowField(arrow, "value", type.value),
  ]);
}

function scalarType(arrow: ArrowLibrary, kind: RowScalarKind): DataType {
  switch (kind) {
    case "bool":
      return new arrow.Bool();
    case "int8":
      return new arrow.Int8();
    case "int16":
      return new arrow.Int16();
    case "int32":
      return new arrow.Int32();
    case "int64":
      return new arrow.Int64();
    case "float16":
      return new arrow.Float16();
    case "float32":
      return new arrow.Float32();
    case "float64":
      return new arrow.Float64();
    case "string":
      return new arrow.Utf8();
    case "binary":
      return new arrow.Binary();
    case "duration":
      return new arrow.DurationMicrosecond();
    case "timestamp":
      return new arrow.TimestampMicrosecond("UTC");
    case "date":
      return new arrow.DateDay();
    default:
      return kind satisfies never;
  }
}

/** Makes a column of values as `rowReader` decodes them. */
export function columnOf(arrow: ArrowLibrary, type: RowType, values: readonly unknown[]): Data {
  const common = { length: values.length, ...validity(values) };
  switch (type.kind) {
    case "list":
      return listColumn(arrow, type, common, values);
    case "map":
      return mapColumn(arrow, type, common, values);
    case "struct":
      return arrow.makeData({
        ...common,
        type: arrowType(arrow, type) as InstanceType<ArrowLibrary["Struct"]>,
        children: type.fields.map((field) =>
          columnOf(
            arrow,
            field.type,
            values.map((value) => (value as Record<string, unknown> | null)?.[field.name] ?? null),
          ),
        ),
      });
    case "string":
      return bytesColumn(arrow, new arrow.Utf8(), common, values, (value) =>
        encoder.encode(value as string),
      );
    case "binary":
      return bytesColumn(arrow, new arrow.Binary(), common, values, (value) => value as Uint8Array);
    default:
      return arrow.makeData({
        ...common,
        type: scalarType(arrow, type.kind) as InstanceType<ArrowLibrary["Int"]>,
        data: numbers(type.kind, values) as Int32Array,
      });
  }
}

function listColumn(
  arrow: ArrowLibrary,
  type: Extract<RowType, { kind: "list" }>,
  common: Common,
  values: readonly unknown[],
): Data {
  const lists = values.map((value) => (value ?? []) as readonly unknown[]);
  return arrow.makeData({
    ...common,
    type: arrowType(arrow, type) as InstanceType<ArrowLibrary["List"]>,
    valueOffsets: offsets(lists.map(({ length }) => length)),
    child: columnOf(arrow, type.element.type, lists.flat()),
  });
}

function mapColumn(
  arrow: ArrowLibrary,
  type: Extract<RowType, { kind: "map" }>,
  common: Common,
  values: readonly unknown[],
): Data {
  const maps = values.map((value) => (value ?? new Map()) as ReadonlyMap<unknown, unknown>);
  const keys = maps.flatMap((map) => [...map.keys()]);
  const entries = arrow.makeData({
    type: entriesType(arrow, type),
    length: keys.length,
    nullCount: 0,
    children: [
      columnOf(arrow, type.key.type, keys),
      columnOf(
        arrow,
        type.value.type,
        maps.flatMap((map) => [...map.values()]),
      ),
    ],
  });
  return arrow.makeData({
    ...common,
    type: arrowType(arrow, type) as InstanceType<ArrowLibrary["Map_"]>,
    valueOffsets: offsets(maps.map(({ size }) => size)),
    child: entries,
  });
}

interface Common {
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array;
}

/** Returns the null bitmap. Arrow sets the bits of values, Fory those of nulls. */
function validity(values: readonly unknown[]): Omit<Common, "length"> {
  const nullCount = values.reduce<number>((sum, value) => sum + (value === null ? 1 : 0), 0);
  return nullCount === 0
    ? { nullCount }
    : { nullCount, nullBitmap: bits(values, (value) => value !== null) };
}

function bits(values: readonly unknown[], set: (value: unknown) => boolean): Uint8Array {
  const out = new Uint8Array(Math.ceil(values.length / 64) * 8);
  values.forEach((value, i) => {
    if (set(value)) out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7));
  });
  return out;
}

function bytesColumn(
  arrow: ArrowLibrary,
  type: InstanceType<ArrowLibrary["Utf8"]> | InstanceType<ArrowLibrary["Binary"]>,
  common: Common,
  values: readonly unknown[],
  toBytes: (value: unknown) => Uint8Array,
): Data {
  const all = values.map((value) => (value === null ? new Uint8Array(0) : toBytes(value)));
  const valueOffsets = offsets(all.map(({ length }) => length));
  const data = new Uint8Array(valueOffsets[all.length] as number);
  all.forEach((one, i) => {
    data.set(one, valueOffsets[i]);
  });
  return arrow.makeData({
    ...common,
    type: type as InstanceType<ArrowLibrary["Utf8"]>,
    valueOffsets,
    data,
  });
}

function offsets(sizes: readonly number[]): Int32Array {
  const out = new Int32Array(sizes.length + 1);
  let end = 0;
  sizes.forEach((size, i) => {
    end += size;
    if (end > maxOffset)
      throw new CodecError("limit", "a column beyond the range of Arrow's offsets");
    out[i + 1] = end;
  });
  return out;
}

type ScalarColumnKind = Exclude<RowScalarKind, "string" | "binary">;

function numbers(kind: ScalarColumnKind, values: readonly unknown[]): ArrayBufferView {
  const as = <V>(convert: (value: V) => number) =>
    values.map((value) => (value === null ? 0 : convert(value as V)));
  const asBig = (convert: (value: bigint) => bigint) =>
    values.map((value) => (value === null ? 0n : convert(value as bigint)));
  const same = (value: number): number => value;
  switch (kind) {
    case "bool":
      return bits(values, (value) => value === true);
    case "int8":
      return Int8Array.from(as(same));
    case "int16":
      return Int16Array.from(as(same));
    case "int32":
      return Int32Array.from(as(same));
    case "int64":
      return BigInt64Array.from(asBig((value) => value));
    case "float16":
      return Uint16Array.from(as(float16Bits));
    case "float32":
      return Float32Array.from(as(same));
    case "float64":
      return Float64Array.from(as(same));
    case "duration":
    case "timestamp":
      return BigInt64Array.from(asBig((value) => value / 1000n));
    case "date":
      return Int32Array.from(as(dayOf));
    default:
      return kind satisfies never;
  }
}
