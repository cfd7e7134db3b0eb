import { arrayTypeId, TypeId } from "../bytes/type-id.ts";
import type { FieldType } from "../schema/field-type.ts";

/**
 * Sizes of numbers and booleans by type id. Fields of these types come first; other types have no
 * size.
 */
export const primitiveSize: Readonly<Record<number, number>> = {
  [TypeId.bool]: 1,
  [TypeId.int8]: 1,
  [TypeId.int16]: 2,
  [TypeId.int32]: 4,
  [TypeId.varint32]: 4,
  [TypeId.int64]: 8,
  [TypeId.varint64]: 8,
  [TypeId.tagged_int64]: 8,
  [TypeId.uint8]: 1,
  [TypeId.uint16]: 2,
  [TypeId.uint32]: 4,
  [TypeId.var_uint32]: 4,
  [TypeId.uint64]: 8,
  [TypeId.var_uint64]: 8,
  [TypeId.tagged_uint64]: 8,
  [TypeId.float16]: 2,
  [TypeId.bfloat16]: 2,
  [TypeId.float32]: 4,
  [TypeId.float64]: 8,
};

const compressed: ReadonlySet<number> = new Set([
  TypeId.varint32,
  TypeId.varint64,
  TypeId.tagged_int64,
  TypeId.var_uint32,
  TypeId.var_uint64,
  TypeId.tagged_uint64,
]);

/** Orders fixed-size numbers before variable ones, then larger before smaller. */
export function bySize(a: number, b: number): number {
  return (
    Number(compressed.has(a)) - Number(compressed.has(b)) ||
    (primitiveSize[b] ?? 0) - (primitiveSize[a] ?? 0)
  );
}

/** Returns the type id of a field's type, or 0 for types that a reader cannot know beforehand. */
export function builtInId(type: FieldType): number {
  switch (type.kind) {
    case "struct":
    case "union":
    case "enum":
    case "ext":
    case "named_union":
    case "any":
      return TypeId.any;
    case "array":
      return arrayTypeId[type.element];
    default:
      return TypeId[type.kind];
  }
}

/** Orders texts by their bytes. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
