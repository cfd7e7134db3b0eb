import type { ArrayElementKind, ScalarKind } from "@aster/codec";

/** The type of a value, without the types that it refers to by tag. */
export type TypeShape =
  | { readonly kind: ScalarKind; readonly as?: "number" | "bigint" | undefined }
  | { readonly kind: "any" }
  | { readonly kind: "list" | "set"; readonly element: ValueShape }
  | {
      readonly kind: "map";
      readonly form: "record" | "map";
      readonly key: ValueShape;
      readonly value: ValueShape;
    }
  | { readonly kind: "array"; readonly element: ArrayElementKind }
  | {
      readonly kind: "enum";
      readonly values: readonly (string | number)[];
      readonly numbers?: readonly number[] | undefined;
    }
  | { readonly kind: "struct" | "cases"; readonly tag: string }
  | { readonly kind: "union"; readonly tags: readonly string[] }
  | { readonly kind: "ext"; readonly tag: string; readonly form: ValueShape }
  /** A type that is only known as a text. Two of them are equal if their texts are. */
  | { readonly kind: "other"; readonly text: string };

/** The type of an element, key or value. Absent flags are `false`. */
export interface ValueShape {
  readonly type: TypeShape;
  readonly nullable?: boolean | undefined;
  /** Null is `undefined` in TypeScript. */
  readonly optional?: boolean | undefined;
}

/** A field of a {@link ManifestType}. */
export interface FieldShape extends ValueShape {
  /** The name on the wire. */
  readonly name: string;
  /** The key in TypeScript, if it is not the name. */
  readonly key?: string | undefined;
  /** The number that replaces the name in profile B. */
  readonly id?: number | undefined;
  /** A missing value has a default. */
  readonly default?: boolean | undefined;
}

/** One case of a union of numbered cases. */
export interface CaseShape {
  readonly number: number;
  readonly form: ValueShape;
}

/**
 * A type that messages contain, under its tag: a wire type with fields, or a union with cases
 * (docs/contract.md, "Types in a manifest").
 */
export interface ManifestType {
  readonly tag: string;
  /** The number that replaces the tag in profile B. */
  readonly id?: number | undefined;
  readonly fields?: readonly FieldShape[] | undefined;
  readonly cases?: readonly CaseShape[] | undefined;
}
