import type { $ZodTypes } from "zod/v4/core";
import type { ScalarType } from "../field-type.ts";
import { refuse } from "./refusal.ts";

/** Returns the type of a literal: its base type. The other side checks the value. */
export function literalType(values: readonly unknown[], path: string): ScalarType {
  if (values.every((value) => typeof value === "string")) return { kind: "string" };
  if (values.every((value) => typeof value === "boolean")) return { kind: "bool" };
  if (values.every((value) => Number.isSafeInteger(value)))
    return { kind: "varint64", as: "number" };
  if (values.every((value) => typeof value === "number")) return { kind: "float64" };
  throw refuse(path, "a literal of this kind", "use strings, booleans or numbers of one kind");
}

/** Returns true if every option is a literal. */
export function isLiteral(options: readonly unknown[]): boolean {
  return options.every((option) => (option as $ZodTypes)._zod.def.type === "literal");
}

/** Returns true if a schema accepts only null or only undefined. */
export function isEmpty(schema: $ZodTypes): boolean {
  return isEmptyKind(schema, null) || isEmptyKind(schema, undefined);
}

export function isEmptyKind(schema: $ZodTypes, empty: null | undefined): boolean {
  const def = schema._zod.def;
  if (def.type === "literal") return def.values.length === 1 && def.values[0] === empty;
  return def.type === String(empty);
}
