import type { z } from "zod";
import type { FieldType } from "./field-type.ts";
import type { TypeScope } from "./type-scope.ts";

/** A zod object schema made by `wireType`; `z.output` and `z.input` of it are its values. */
export type WireType<T = unknown> = z.core.$ZodObject & { readonly _zod: { readonly output: T } };

/** One field of a wire type. */
export interface WireField {
  /** The name on the wire, in JSON and in contracts. */
  readonly name: string;
  /** The key in TypeScript. */
  readonly key: string;
  readonly type: FieldType;
  /** True if the value may be null on the wire. */
  readonly nullable: boolean;
  /** True if null on the wire is `undefined` in TypeScript. */
  readonly optional: boolean;
  /** Makes the value that the encoder writes for a missing key. */
  readonly default: (() => unknown) | undefined;
  /** True if the field keeps references, as `.meta({ ref: true })` asks. */
  readonly ref: boolean;
  /** The number that replaces the name in profile B, given by `.meta({ fieldId })`. */
  readonly fieldId: number | undefined;
}

/** The description of a wire type. Fields behind recursive getters are read on first use. */
export interface WireTypeInfo {
  readonly tag: string;
  readonly namespace: string;
  readonly name: string;
  /**
   * The fields in the order of the schema. Throws `CodecError` `schema` if a getter returns a
   * schema without a wire form.
   */
  readonly fields: readonly WireField[];
  readonly schema: WireType;
  /** True if zod checks more than the wire type does (`.min()`, `.regex()`, …), here or inside. */
  readonly hasRefinements: boolean;
  /** @internal True if a check here or inside is a function, which may return a promise. */
  readonly hasCustomChecks: boolean;
  readonly class: (new (...args: never[]) => unknown) | undefined;
  readonly scope: TypeScope;
  /** True if values of this type keep their identity in profile B. */
  readonly refs: boolean;
  /** The number that replaces the tag in profile B. */
  readonly typeId: number | undefined;
  /** @internal The type to which this one only adds checks. */
  readonly base?: WireTypeInfo;
}
