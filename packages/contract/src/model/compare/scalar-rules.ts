import { integerBits, type ScalarKind } from "@aster/codec";
import type { TypeShape } from "../types/manifest-type.ts";
import type { ComparedMode } from "./compared-mode.ts";

// The conversions of scalars that keep every value, by mode (docs/guide/evolution.md).

export type ScalarShape = Extract<TypeShape, { readonly kind: ScalarKind }>;

/** Bits of the integers from 0 on that a float holds exactly. */
const PRECISION: Readonly<Partial<Record<ScalarKind, number>>> = {
  float16: 11,
  bfloat16: 8,
  float32: 24,
  float64: 53,
};

/** The types in which rows hold scalars, where they have another name. */
const ROW_KIND: Readonly<Partial<Record<ScalarKind, string>>> = {
  uint8: "int16",
  uint16: "int32",
  varint32: "int32",
  uint32: "int64",
  var_uint32: "int64",
  varint64: "int64",
  tagged_int64: "int64",
  float16: "float32",
  bfloat16: "float32",
};

/** The scalars that are texts in JavaScript, and those that are texts in JSON. */
const NATIVE_TEXTS: ReadonlySet<ScalarKind> = new Set(["date", "decimal"]);
const JSON_TEXTS: ReadonlySet<ScalarKind> = new Set(["date", "decimal", "timestamp", "duration"]);

/** Returns `true` if readers of one scalar type read every value of writers of another. */
export function readsScalar(mode: ComparedMode, writer: ScalarShape, reader: ScalarShape): boolean {
  if (writer.kind === reader.kind && isBig(writer) === isBig(reader)) return true;
  // a Date holds no nanoseconds
  if (writer.kind === "timestamp" && reader.kind === "timestamp") {
    return isBig(reader) && mode !== "native";
  }
  switch (mode) {
    case "xlang":
      return writer.kind === reader.kind && holds(writer, reader);
    case "xlang1":
      return holds(writer, reader) || becomes(writer.kind, reader.kind);
    case "row":
      return rowKind(writer.kind) === rowKind(reader.kind) && holds(writer, reader);
    case "native":
      if (isInteger(writer) && isInteger(reader) && isBig(writer) !== isBig(reader)) return false;
      return (
        (holds(writer, reader) && !(isBig(writer) && !isInteger(reader))) ||
        (reader.kind === "string" && NATIVE_TEXTS.has(writer.kind))
      );
    case "json":
      return holds(writer, reader) || (reader.kind === "string" && JSON_TEXTS.has(writer.kind));
    default:
      return mode satisfies never;
  }
}

/** Returns `true` if the other type of number holds every number of the first. */
function holds(writer: ScalarShape, reader: ScalarShape): boolean {
  const range = rangeOf(writer);
  if (range !== undefined) {
    const other = rangeOf(reader) ?? exactRange(reader.kind);
    return other !== undefined && other[0] <= range[0] && range[1] <= other[1];
  }
  if (PRECISION[writer.kind] === undefined || PRECISION[reader.kind] === undefined) return false;
  if (reader.kind === "float64") return true;
  return reader.kind === "float32" && writer.kind !== "float64";
}

/** The conversions of profile B between numbers, booleans, decimals and text. */
function becomes(writer: ScalarKind, reader: ScalarKind): boolean {
  const integer = integerBits[writer] !== undefined;
  if (writer === "bool") {
    const number = integerBits[reader] !== undefined || PRECISION[reader] !== undefined;
    return number || reader === "decimal" || reader === "string";
  }
  if (integer) return reader === "decimal" || reader === "string";
  return writer === "decimal" && reader === "string";
}

const isInteger = ({ kind }: ScalarShape): boolean => integerBits[kind] !== undefined;
const isBig = ({ as }: ScalarShape): boolean => as === "bigint";
const rowKind = (kind: ScalarKind): string => ROW_KIND[kind] ?? kind;

type Range = readonly [bigint, bigint];

function rangeOf({ kind, as }: ScalarShape): Range | undefined {
  const bits = integerBits[kind];
  if (bits === undefined) return undefined;
  // a number holds no more
  if (Math.abs(bits) === 64 && as === "number") {
    const most = BigInt(Number.MAX_SAFE_INTEGER);
    return [bits < 0 ? -most : 0n, most];
  }
  return bits < 0
    ? [-(2n ** BigInt(-bits - 1)), 2n ** BigInt(-bits - 1) - 1n]
    : [0n, 2n ** BigInt(bits) - 1n];
}

function exactRange(kind: ScalarKind): Range | undefined {
  const bits = PRECISION[kind];
  return bits === undefined ? undefined : [-(2n ** BigInt(bits)), 2n ** BigInt(bits)];
}
