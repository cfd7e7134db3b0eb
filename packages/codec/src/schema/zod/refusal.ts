import type { $ZodTypes } from "zod/v4/core";
import { CodecError } from "../../error.ts";

/** Makes the error for a schema without a wire form. `hint` names an alternative. */
export function refuse(path: string, what: string, hint: string | undefined): CodecError {
  return new CodecError(
    "schema",
    `${path}: ${what} has no form on the wire${hint === undefined ? "" : `; ${hint}`}`,
    { path },
  );
}

/** Returns a schema of zod 4. Throws {@link CodecError} `schema` for anything else. */
export function asZod(schema: unknown, path: string): $ZodTypes {
  if (typeof schema !== "object" || schema === null || !("_zod" in schema)) {
    throw refuse(path, "a value that is not a zod 4 schema", "use a schema of zod 4 or zod/mini");
  }
  return schema as $ZodTypes;
}
