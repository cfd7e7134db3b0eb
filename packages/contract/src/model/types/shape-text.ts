import type { TypeShape, ValueShape } from "./manifest-type.ts";

/** The names of the short forms of integers, which are the usual ones. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["varint32", "int32"],
  ["varint64", "int64"],
  ["var_uint32", "uint32"],
  ["var_uint64", "uint64"],
  ["int32", "fixed int32"],
  ["int64", "fixed int64"],
  ["uint32", "fixed uint32"],
  ["uint64", "fixed uint64"],
  ["tagged_int64", "tagged int64"],
  ["tagged_uint64", "tagged uint64"],
]);

/** Names of kinds for people. */
export const plainNames = (kind: string): string => NAMES.get(kind) ?? kind;

const asWritten = (kind: string): string => kind;

/**
 * A type on one line, such as `map<string, list<demo/Point?>>`. With the names as they are, the
 * text is that of `properties.type` in a manifest.
 */
export function shapeText(type: TypeShape, nameOf: (kind: string) => string = asWritten): string {
  const inner = (value: ValueShape): string => valueText(value, nameOf);
  switch (type.kind) {
    case "list":
    case "set":
      return `${type.kind}<${inner(type.element)}>`;
    case "map":
      return `map<${inner(type.key)}, ${inner(type.value)}>`;
    case "array":
      return `array<${nameOf(type.element)}>`;
    case "enum":
      return `enum<${type.values.map((value, i) => enumText(value, type.numbers?.[i])).join(" | ")}>`;
    case "struct":
    case "cases":
      return type.tag;
    case "union":
      return `union<${type.tags.join(" | ")}>`;
    case "ext":
      return `ext<${type.tag}, ${inner(type.form)}>`;
    case "other":
      return type.text;
    default:
      return nameOf(type.kind);
  }
}

/** The same, with `?` behind a type that may be null. */
export function valueText(value: ValueShape, nameOf: (kind: string) => string = asWritten): string {
  return shapeText(value.type, nameOf) + (value.nullable ? "?" : "");
}

function enumText(value: string | number, number: number | undefined): string {
  return JSON.stringify(value) + (number === undefined ? "" : ` = ${number}`);
}
