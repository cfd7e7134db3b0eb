import type { $ZodTypes } from "zod/v4/core";
import type { ScalarType } from "../field-type.ts";
import { refuse } from "./refusal.ts";

/** Wire types by zod's names of formats. */
export type NumberFormats = Readonly<Record<string, ScalarType>>;

interface Check {
  readonly _zod: { readonly def: { readonly format?: string } };
}

/**
 * Returns the type of a number. The format is that of the schema itself or of a check
 * (`z.number().int()`); other checks are refinements. Throws `CodecError` `schema` for a
 * format without a wire form.
 */
export function numberType(
  zod: $ZodTypes,
  formats: NumberFormats,
  path: string,
): { readonly type: ScalarType | undefined; readonly refined: boolean } {
  const def = zod._zod.def as { readonly format?: string; readonly checks?: readonly Check[] };
  let format = def.format;
  let refined = false;
  for (const check of def.checks ?? []) {
    const given = check._zod.def.format;
    if (format === undefined && given !== undefined && given in formats) format = given;
    else refined = true;
  }
  const type = format === undefined ? undefined : formats[format];
  if (format !== undefined && !type) {
    throw refuse(path, `the number format ${format}`, undefined);
  }
  return { type, refined };
}
