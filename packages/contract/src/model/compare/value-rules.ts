import type { FieldShape, TypeShape, ValueShape } from "../types/manifest-type.ts";
import { shapeText } from "../types/shape-text.ts";
import type { ComparedMode } from "./compared-mode.ts";
import { readsScalar, type ScalarShape } from "./scalar-rules.ts";
import type { TypeTable } from "./type-table.ts";

// The rules by which values of a writer's type are read as values of a reader's type. They follow
// the codecs (docs/guide/evolution.md). A rule holds for every value that the writer can send.

/** A writer and a reader of messages in one mode. */
export interface Direction {
  readonly mode: ComparedMode;
  readonly writer: TypeTable;
  readonly reader: TypeTable;
  /** Receives the tags of two types whose values must be compared, too. */
  link(writerTag: string, readerTag: string): void;
}

/** Returns `true` if the reader reads every value of the writer's field. */
export function readsField(way: Direction, writer: FieldShape, reader: FieldShape): boolean {
  return readsFieldNull(way.mode, writer, reader) && readsType(way, writer.type, reader.type);
}

/** Returns `true` for a field that the reader may find absent. */
export function mayBeAbsent({ mode }: Direction, reader: FieldShape): boolean {
  if (mode === "xlang" || mode === "row") return false;
  return reader.default === true || reader.nullable === true || reader.type.kind === "any";
}

/** Returns `true` if a field that only the writer has is skipped. */
export function skipsField({ mode }: Direction): boolean {
  return mode === "xlang1";
}

/** Returns `true` if the reader reads every element, key, value, case or form of the writer. */
export function readsValue(way: Direction, writer: ValueShape, reader: ValueShape): boolean {
  return readsNull(way.mode, writer, reader) && readsType(way, writer.type, reader.type);
}

/** Returns `true` if a reader that expects one wire type reads messages of another. */
export function readsTag(
  { mode, writer, reader }: Direction,
  writerTag: string,
  readerTag: string,
): boolean {
  if (mode === "json" || mode === "row") return true;
  if (mode === "xlang1") {
    const id = writer.get(writerTag)?.id;
    if (id !== undefined) return id === reader.get(readerTag)?.id;
  }
  return writerTag === readerTag;
}

function readsFieldNull(mode: ComparedMode, writer: FieldShape, reader: FieldShape): boolean {
  // part of the hash
  if (mode === "xlang") return (writer.nullable ?? false) === (reader.nullable ?? false);
  if (mode === "xlang1" && reader.default) return true;
  return readsNull(mode, writer, reader);
}

function readsNull(mode: ComparedMode, writer: ValueShape, reader: ValueShape): boolean {
  if (!writer.nullable || reader.type.kind === "any") return true;
  if (!reader.nullable) return false;
  // null and undefined are two values there
  return mode !== "native" || (writer.optional ?? false) === (reader.optional ?? false);
}

function readsType(way: Direction, writer: TypeShape, reader: TypeShape): boolean {
  const { mode } = way;
  if (writer.kind === "other" || reader.kind === "other") {
    return shapeText(writer) === shapeText(reader);
  }
  if (reader.kind === "any") return writer.kind === "any" || (mode !== "xlang" && mode !== "row");
  switch (writer.kind) {
    case "any":
      return false;
    case "struct":
      if (reader.kind !== "struct") return false;
      way.link(writer.tag, reader.tag);
      return readsTag(way, writer.tag, reader.tag);
    case "cases":
      if (reader.kind !== "cases") return false;
      way.link(writer.tag, reader.tag);
      return writer.tag === reader.tag;
    case "union":
      return reader.kind === "union" && readsUnion(way, writer.tags, reader.tags);
    case "ext":
      if (reader.kind !== "ext" || writer.tag !== reader.tag) return false;
      return readsValue(exact(way), writer.form, reader.form);
    case "enum":
      if (reader.kind === "enum") return readsEnum(mode, writer, reader);
      return reader.kind === "string" && isTextEnum(mode, writer);
    case "map":
      if (reader.kind !== "map") return false;
      if (mode === "native" && writer.form !== reader.form) return false;
      return readsValue(way, writer.key, reader.key) && readsValue(way, writer.value, reader.value);
    case "list":
    case "set":
    case "array":
      return readsItems(way, writer, reader);
    default:
      return isScalar(reader) && readsScalar(mode, writer, reader);
  }
}

/** Forms of own types are read as they are, without conversions. */
function exact(way: Direction): Direction {
  return way.mode === "xlang1" ? { ...way, mode: "xlang" } : way;
}

function readsUnion(way: Direction, writer: readonly string[], reader: readonly string[]): boolean {
  for (const tag of writer) if (reader.includes(tag)) way.link(tag, tag);
  return writer.every((tag) => reader.includes(tag));
}

type EnumShape = Extract<TypeShape, { kind: "enum" }>;

function readsEnum(mode: ComparedMode, writer: EnumShape, reader: EnumShape): boolean {
  if (mode !== "xlang" && mode !== "xlang1") {
    return writer.values.every((value) => reader.values.includes(value));
  }
  const known = enumNumbers(mode, reader);
  return [...enumNumbers(mode, writer)].every(([number, value]) => known.get(number) === value);
}

/**
 * The values by their numbers on the wire: positions, or in profile B the numbers of the values, or
 * the values themselves if they are 32-bit integers.
 */
function enumNumbers(
  mode: ComparedMode,
  { values, numbers }: EnumShape,
): ReadonlyMap<number, string | number> {
  const own = numbers ?? (values.every(isUint32) ? values : undefined);
  const explicit = mode === "xlang1" ? own : undefined;
  return new Map(values.map((value, i) => [Number(explicit?.[i] ?? i), value]));
}

function isUint32(value: string | number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

function isTextEnum(mode: ComparedMode, { values }: EnumShape): boolean {
  if (mode === "xlang" || mode === "xlang1") return false;
  return values.every((value) => typeof value === "string");
}

type ItemsShape = Extract<TypeShape, { kind: "list" | "set" | "array" }>;

function readsItems(way: Direction, writer: ItemsShape, reader: TypeShape): boolean {
  if (reader.kind === "array") {
    if (writer.kind === "array") return writer.element === reader.element;
    return writer.kind === "list" && fitsArray(way.mode, writer.element, reader.element);
  }
  if (reader.kind !== "list" && reader.kind !== "set") return false;
  if (writer.kind === "array") return reader.kind === "list" && readsArray(way, writer, reader);
  const { mode } = way;
  const asItems = mode === "json" || mode === "row";
  if (writer.kind !== reader.kind && !(asItems && reader.kind === "list")) return false;
  return readsValue(way, writer.element, reader.element);
}

/** Forms of the integers that dense arrays hold. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  int32: ["int32", "varint32"],
  int64: ["int64", "varint64", "tagged_int64"],
  uint32: ["uint32", "var_uint32"],
  uint64: ["uint64", "var_uint64", "tagged_uint64"],
};

const isForm = (kind: string, element: string): boolean =>
  (FORMS[element] ?? [element]).includes(kind);

/** Returns `true` if a dense array is read from a list. */
function fitsArray(mode: ComparedMode, item: ValueShape, element: string): boolean {
  if (mode === "xlang" || mode === "native") return false;
  return !item.nullable && isForm(item.type.kind, element);
}

function readsArray(
  { mode }: Direction,
  writer: Extract<TypeShape, { kind: "array" }>,
  reader: Extract<TypeShape, { kind: "list" | "set" }>,
): boolean {
  if (mode !== "xlang1" && mode !== "json" && mode !== "row") return false;
  const { type } = reader.element;
  if (!isScalar(type)) return false;
  if (mode === "xlang1") return isForm(type.kind, writer.element);
  const wide = writer.element === "int64" || writer.element === "uint64";
  return readsScalar(mode, { kind: writer.element, ...(wide ? { as: "bigint" } : {}) }, type);
}

const OTHER_KINDS: ReadonlySet<string> = new Set([
  "any",
  "list",
  "set",
  "map",
  "array",
  "enum",
  "struct",
  "cases",
  "union",
  "ext",
  "other",
]);

function isScalar(type: TypeShape): type is ScalarShape {
  return !OTHER_KINDS.has(type.kind);
}
