import type { $ZodType } from "zod/v4/core";

/** The class of a `z.instanceof`; copies with checks or metadata know it only through the schema they come from. */
export function classOf(zod: $ZodType): unknown {
  for (let from: $ZodType | undefined = zod; from; from = from._zod.parent) {
    const { Class } = from._zod.bag as { readonly Class?: unknown };
    if (Class !== undefined) return Class;
  }
  return undefined;
}
