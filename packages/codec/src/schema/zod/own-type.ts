import type { $ZodType } from "zod/v4/core";
import type { FieldType } from "../field-type.ts";

/** The wire type that a schema helper of this package gave to its schema. */
export interface OwnType {
  readonly type: FieldType;
  /** The values of an enum. A schema with others, made by `.extract()`, is another type. */
  readonly entries: unknown;
  /** The number of zod checks that belong to the type itself. More checks are refinements. */
  readonly checks: number;
}

const mark: unique symbol = Symbol.for("@aster/codec field type");

interface Marked {
  [mark]?: OwnType;
}

/** Notes the wire type in the schema's definition, where checks, metadata and clones keep it. */
export function withOwnType<S extends $ZodType>(schema: S, type: FieldType): S {
  const def = schema._zod.def;
  (def as Marked)[mark] = { type, entries: entriesOf(def), checks: def.checks?.length ?? 0 };
  return schema;
}

export function ownType(schema: $ZodType): OwnType | undefined {
  const { def } = schema._zod;
  const own = (def as Marked)[mark];
  return own?.entries === entriesOf(def) ? own : undefined;
}

function entriesOf(def: object): unknown {
  return (def as { readonly entries?: unknown }).entries;
}
