import type { z } from "zod";
import { object } from "zod";
import type { FieldType } from "./field-type.ts";
import { registryOf, type TypeScope } from "./type-scope.ts";
import { WireDefinition } from "./wire-definition.ts";
import { CheckedInfo } from "./zod/checked-info.ts";

/** A zod object schema made by {@link wireType}; `z.output` and `z.input` of it are its values. */
export type WireType<T = unknown> = z.core.$ZodObject & { readonly _zod: { readonly output: T } };

export interface WireTypeOptions<T = object> {
  /** `snake` (the default) writes `agentId` as `agent_id`; `as-written` keeps the key. */
  readonly naming?: "snake" | "as-written";
  /** Decoded values get this class's prototype; its constructor is not run. */
  readonly class?: new (
    ...args: never[]
  ) => T;
  /**
   * Keeps shared values and cycles: fields of this type are written once per object, and read as the
   * same object (docs/fory.md, "References"). Profile B only.
   */
  readonly refs?: boolean;
  /** A number for the name on the wire, shorter and shared with the peers; profile B only. */
  readonly id?: number;
  /** Where the tag must be unique; the whole process unless given. For types described by a peer. */
  readonly scope?: TypeScope;
  /** @internal Permits the protocol's own namespace `_aster/`. */
  readonly reserved?: boolean;
}

/** One field of a wire type, in the order of the schema. */
export interface WireField {
  /** On the wire, in JSON and in contracts. */
  readonly name: string;
  /** In TypeScript. */
  readonly key: string;
  readonly type: FieldType;
  /** May be null on the wire. */
  readonly nullable: boolean;
  /** Null on the wire is `undefined` in TypeScript. */
  readonly optional: boolean;
  /** Makes the value that the encoder writes for a missing key. */
  readonly default: (() => unknown) | undefined;
  /** Keeps references, as `.meta({ ref: true })` asks. */
  readonly ref: boolean;
  /** The number that stands for the name in profile B, given by `.meta({ fieldId })`. */
  readonly fieldId: number | undefined;
}

/** What a wire type is on the wire. Fields behind recursive getters are read on first use. */
export interface WireTypeInfo {
  readonly tag: string;
  readonly namespace: string;
  readonly name: string;
  /** Throws `CodecError` `schema` where a getter gives a schema without a wire form. */
  readonly fields: readonly WireField[];
  readonly schema: WireType;
  /** zod checks more than the wire type does (`.min()`, `.regex()`, …), here or anywhere inside. */
  readonly hasRefinements: boolean;
  readonly class: (new (...args: never[]) => unknown) | undefined;
  readonly scope: TypeScope;
  /** Values of this type keep their identity in profile B. */
  readonly refs: boolean;
  /** The number that stands for the tag in profile B. */
  readonly typeId: number | undefined;
  /** @internal The type that this one only adds checks to. */
  readonly base?: WireTypeInfo;
}

const mark: unique symbol = Symbol.for("@aster/codec wire type");

interface Marked {
  [mark]?: WireDefinition;
}

/**
 * Gives an object schema its name on the wire.
 *
 * Throws `CodecError`: `tag` for a bad, reserved or taken tag, `schema` for a field without a
 * wire form. Defining one tag twice with the same shape is fine.
 */
export function wireType<S extends z.core.$ZodLooseShape>(
  tag: string,
  shape: S,
  options: WireTypeOptions = {},
): z.ZodObject<S, z.core.$strip> {
  const schema = object(shape);
  const info = new WireDefinition(tag, shape, schema, options);
  (schema._zod.def as Marked)[mark] = info;
  registryOf(info.scope).add(info);
  return schema;
}

/**
 * The description of a wire type, or undefined for any other value. A schema derived by checks,
 * `.meta()` or `.describe()` is still the type; one with other fields (`.extend()`, `.partial()`) is not.
 */
export function wireTypeInfo(schema: unknown): WireTypeInfo | undefined {
  if (typeof schema !== "object" || schema === null || !("_zod" in schema)) return undefined;
  const def = (schema as z.core.$ZodType)._zod.def as z.core.$ZodObjectDef & Marked;
  const info = def[mark];
  if (!info?.describes(def)) return undefined;
  if (def === info.schema._zod.def) return info;
  let checked = derived.get(schema);
  if (!checked) {
    checked = new CheckedInfo(info, schema as WireType);
    derived.set(schema, checked);
  }
  return checked;
}

const derived = new WeakMap<object, WireTypeInfo>();
