import type { $ZodType } from "zod/v4/core";
import type { FieldType } from "./field-type.ts";

/** The wire type that a schema helper of this package gave to its schema. */
export interface OwnType {
  readonly type: FieldType;
  /** How many zod checks belong to the type itself; more are refinements. */
  readonly checks: number;
}

const mark: unique symbol = Symbol.for("@aster/codec field type");

interface Marked {
  [mark]?: OwnType;
}

/** Notes the wire type in the schema's definition, where checks, metadata and clones keep it. */
export function withOwnType<S extends $ZodType>(schema: S, type: FieldType): S {
  const def = schema._zod.def;
  (def as Marked)[mark] = { type, checks: def.checks?.length ?? 0 };
  return schema;
}

export function ownType(schema: $ZodType): OwnType | undefined {
  return (schema._zod.def as Marked)[mark];
}
