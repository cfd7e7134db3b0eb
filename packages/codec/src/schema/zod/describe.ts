import { type Described, deferred, SchemaWalk } from "./schema-walk.ts";

/**
 * The result for a schema with a `z.lazy` whose getter must not be called before the module is
 * complete.
 */
export interface Deferred {
  readonly deferred: true;
}

export function isDeferred(described: Described | Deferred): described is Deferred {
  return "deferred" in described;
}

/**
 * Returns the wire form of a zod schema (docs/fory.md, "From zod to the wire").
 *
 * Stops at a `z.lazy` and returns {@link Deferred}, unless `resolve` is true. Throws {@link
 * CodecError} `schema`, naming `path`.
 */
export function describe(
  schema: unknown,
  path: string,
  options: { readonly resolve?: boolean } = {},
): Described | Deferred {
  const walk = new SchemaWalk(options.resolve ?? false);
  try {
    return walk.field(schema, path);
  } catch (reason) {
    if (reason === deferred) return later;
    throw reason;
  }
}

const later: Deferred = Object.freeze({ deferred: true });
