import type { $ZodType } from "zod/v4/core";
import type { WireTypeInfo } from "./wire-type-info.ts";

/** Integers with their names in Fory. The `var` and `tagged` forms are short for small values. */
export type IntegerKind =
  | "int8"
  | "int16"
  | "int32"
  | "varint32"
  | "int64"
  | "varint64"
  | "tagged_int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "var_uint32"
  | "uint64"
  | "var_uint64"
  | "tagged_uint64";

export type FloatKind = "float16" | "bfloat16" | "float32" | "float64";

export type ScalarKind =
  | "bool"
  | IntegerKind
  | FloatKind
  | "string"
  | "binary"
  | "timestamp"
  | "date"
  | "duration"
  | "decimal";

/** Bits of the integer kinds, negative for signed ones. Frozen. */
export const integerBits: Readonly<Partial<Record<ScalarKind, number>>> = Object.freeze({
  int8: -8,
  int16: -16,
  int32: -32,
  varint32: -32,
  int64: -64,
  varint64: -64,
  tagged_int64: -64,
  uint8: 8,
  uint16: 16,
  uint32: 32,
  var_uint32: 32,
  uint64: 64,
  var_uint64: 64,
  tagged_uint64: 64,
});

/** The element kinds of a dense array. */
export type ArrayElementKind =
  | "bool"
  | "uint8"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float32"
  | "float64";

export interface ScalarType {
  readonly kind: ScalarKind;
  /**
   * The JavaScript type of a 64-bit integer or timestamp (bigint: nanoseconds). Absent if there is
   * no choice.
   */
  readonly as?: "number" | "bigint";
}

/** The name of a type on the wire. */
export interface TypeName {
  readonly tag: string;
  readonly namespace: string;
  readonly name: string;
  /** The number that may replace the tag. */
  readonly typeId: number | undefined;
}

/** The type of an enum. */
export interface EnumType {
  readonly kind: "enum";
  readonly values: readonly (string | number)[];
  /**
   * The numbers of the values on the wire in profile B, in the order of `values`. Default:
   * positions in the declaration.
   */
  readonly numbers?: readonly number[];
  /** The name that `wireEnum` gave. Such an enum can be used where nothing else tells its type. */
  readonly named?: NamedSchema;
}

/** The name of an enum or union, and the schema that reads it. */
export interface NamedSchema extends TypeName {
  readonly schema: $ZodType;
}

/** A union of numbered cases of any types, made by `wireUnion`. */
export interface CaseUnion {
  readonly kind: "named_union";
  readonly named: NamedSchema;
  /**
   * The types of the cases by their numbers. Throws `CodecError` `schema` if a `z.lazy` returns a
   * schema without a wire form.
   */
  readonly cases: () => ReadonlyMap<number, ElementType>;
  /** @internal The same, with undefined for cases that are not resolved yet. */
  readonly settled: ReadonlyMap<number, ElementType | undefined>;
  /** @internal True if zod checks more than the types of the cases do. */
  readonly refined: boolean;
  /** @internal True if a check is a function of the program. */
  readonly custom: boolean;
}

/**
 * A type of the program's own, whose values have the wire form of another type (docs/fory.md, "Own
 * types").
 */
export interface ExtType {
  readonly kind: "ext";
  readonly named: TypeName;
  readonly class: new (...args: never[]) => unknown;
  /** The type of the values on the wire. */
  readonly form: ElementType;
  readonly formSchema: $ZodType;
  /** @internal True if zod checks more of the form than its wire type does. */
  readonly refined: boolean;
  readonly encode: (value: never) => unknown;
  readonly decode: (form: never) => unknown;
}

/** The type of a field, element, key or value on the wire. */
export type FieldType =
  | ScalarType
  | { readonly kind: "list" | "set"; readonly element: ElementType }
  | {
      readonly kind: "map";
      readonly key: ElementType;
      readonly value: ElementType;
      /** The JavaScript form: a plain object (`z.record`) or a `Map` (`z.map`). */
      readonly form: "record" | "map";
    }
  | { readonly kind: "array"; readonly element: ArrayElementKind }
  | EnumType
  | ExtType
  | CaseUnion
  | { readonly kind: "struct"; readonly info: () => WireTypeInfo }
  | {
      readonly kind: "union";
      readonly options: readonly { readonly kind: "struct"; readonly info: () => WireTypeInfo }[];
      /** The key whose literal distinguishes the options, if the schema names one. */
      readonly discriminator: string | undefined;
    }
  | { readonly kind: "any" };

export interface ElementType {
  readonly type: FieldType;
  /** True if an element may be null on the wire. */
  readonly nullable: boolean;
  /** True if null on the wire is `undefined` in TypeScript. */
  readonly optional: boolean;
}
