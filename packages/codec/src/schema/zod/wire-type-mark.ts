import type { z } from "zod";
import type { TypeScope } from "../type-scope.ts";
import type { WireField, WireType, WireTypeInfo } from "../wire-type-info.ts";
import { hasCustomChecks } from "./custom-checks.ts";

// Symbol.for: a second copy of this package reads the marks of the first
const mark: unique symbol = Symbol.for("@aster/codec wire type");

/** A definition, as the mark in a schema holds it. */
export interface MarkedType extends WireTypeInfo {
  /** Returns true if a schema's definition still has the fields of this type. */
  describes(def: z.core.$ZodObjectDef): boolean;
}

interface Marked {
  [mark]?: MarkedType;
}

/** Notes a wire type in the definition of its schema, where zod's copies of the schema keep it. */
export function markWireType(schema: z.core.$ZodObject, info: MarkedType): void {
  (schema._zod.def as Marked)[mark] = info;
}

/**
 * Returns the description of a wire type, or undefined for any other value. A schema derived by
 * checks, `.meta()` or `.describe()` is still the type. One with other fields (`.extend()`,
 * `.partial()`) is not.
 */
export function wireTypeInfo(schema: unknown): WireTypeInfo | undefined {
  if (typeof schema !== "object" || schema === null || !("_zod" in schema)) return undefined;
  const def = (schema as z.core.$ZodType)._zod.def as z.core.$ZodObjectDef & Marked;
  const info = def[mark];
  if (!info?.describes(def)) return undefined;
  if (def === info.schema._zod.def) return info;
  let checked = derived.get(schema);
  if (!checked) {
    checked = new CheckedType(info, schema as WireType);
    derived.set(schema, checked);
  }
  return checked;
}

const derived = new WeakMap<object, WireTypeInfo>();

/** Returns true if a schema has checks of its own. */
export function hasChecks(schema: WireType): boolean {
  return (schema._zod.def.checks?.length ?? 0) > 0;
}

/** The same type through a schema with checks or metadata of its own. */
class CheckedType implements WireTypeInfo {
  readonly base: MarkedType;
  readonly schema: WireType;

  constructor(base: MarkedType, schema: WireType) {
    this.base = base;
    this.schema = schema;
  }

  get tag(): string {
    return this.base.tag;
  }
  get namespace(): string {
    return this.base.namespace;
  }
  get name(): string {
    return this.base.name;
  }
  get fields(): readonly WireField[] {
    return this.base.fields;
  }
  get class(): (new (...args: never[]) => unknown) | undefined {
    return this.base.class;
  }
  get scope(): TypeScope {
    return this.base.scope;
  }
  get refs(): boolean {
    return this.base.refs;
  }
  get typeId(): number | undefined {
    return this.base.typeId;
  }
  get hasRefinements(): boolean {
    return hasChecks(this.schema) || this.base.hasRefinements;
  }
  get hasCustomChecks(): boolean {
    return hasCustomChecks(this.schema) || this.base.hasCustomChecks;
  }
}
