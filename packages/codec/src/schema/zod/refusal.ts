import type { $ZodTypes } from "zod/v4/core";
import { CodecError } from "../../error.ts";

/** The error for a schema that has no form on the wire; `hint` says what has one. */
export function refuse(path: string, what: string, hint: string | undefined): CodecError {
  return new CodecError(
    "schema",
    `${path}: ${what} has no form on the wire${hint === undefined ? "" : `; ${hint}`}`,
    { path },
  );
}

/** Throws {@link CodecError} `schema` for what is no schema of zod 4. */
export function asZod(schema: unknown, path: string): $ZodTypes {
  if (typeof schema !== "object" || schema === null || !("_zod" in schema)) {
    throw refuse(path, "something that is no zod 4 schema", "use a schema of zod 4 or zod/mini");
  }
  return schema as $ZodTypes;
}
