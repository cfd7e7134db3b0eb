import type { $ZodType } from "zod/v4/core";
import type { WireTypeInfo } from "./wire-type-info.ts";

/** Integers, named as Fory names them: `var` and `tagged` forms are short for small values. */
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

/** Elements of a dense array. */
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
  /** How JavaScript holds a 64-bit integer or a timestamp (bigint: nanoseconds); absent where there is no choice. */
  readonly as?: "number" | "bigint";
}

/** What a type is called on the wire. */
export interface TypeName {
  readonly tag: string;
  readonly namespace: string;
  readonly name: string;
  /** The number that may stand for the tag. */
  readonly typeId: number | undefined;
}

/** One of some values. */
export interface EnumType {
  readonly kind: "enum";
  readonly values: readonly (string | number)[];
  /** What the values are on the wire in profile B, each beside its value; places in the declaration unless given. */
  readonly numbers?: readonly number[];
  /** What `wireEnum` calls it: such an enum can stand where nothing else tells its type. */
  readonly named?: NamedSchema;
}

/** The name of an enum or union, and the schema that reads it. */
export interface NamedSchema extends TypeName {
  readonly schema: $ZodType;
}

/** One of some values of any types, each with the number of its case, as `wireUnion` makes it. */
export interface CaseUnion {
  readonly kind: "named_union";
  readonly named: NamedSchema;
  /** By their numbers. Throws `CodecError` `schema` where a `z.lazy` gives a schema without a wire form. */
  readonly cases: () => ReadonlyMap<number, ElementType>;
  /** @internal The same without reading what is lazy. */
  readonly settled: ReadonlyMap<number, ElementType | undefined>;
  /** @internal zod checks more than the types of the cases say. */
  readonly refined: boolean;
}

/** A type of the program's own, whose values travel as those of another (docs/fory.md, "Own types"). */
export interface ExtType {
  readonly kind: "ext";
  readonly named: TypeName;
  readonly class: new (...args: never[]) => unknown;
  /** What the values are on the wire. */
  readonly form: ElementType;
  readonly formSchema: $ZodType;
  readonly encode: (value: never) => unknown;
  readonly decode: (form: never) => unknown;
}

/** What one field, element, key or value is on the wire. */
export type FieldType =
  | ScalarType
  | { readonly kind: "list" | "set"; readonly element: ElementType }
  | {
      readonly kind: "map";
      readonly key: ElementType;
      readonly value: ElementType;
      /** A plain object (`z.record`) or a `Map` (`z.map`). */
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
      /** The key whose literal tells the options apart, where the schema names one. */
      readonly discriminator: string | undefined;
    }
  | { readonly kind: "any" };

export interface ElementType {
  readonly type: FieldType;
  /** Null may stand for an element on the wire. */
  readonly nullable: boolean;
  /** Null on the wire is `undefined` in TypeScript. */
  readonly optional: boolean;
}
