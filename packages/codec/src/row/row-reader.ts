import { limitsOf } from "../option-check.ts";
import { dynamicShape } from "./dynamic-shape.ts";
import type { RowOptions } from "./row-codec.ts";
import { openRow } from "./row-source.ts";
import type { RowView } from "./row-view.ts";
import type { RowSchema } from "./schema/row-schema.ts";
import { readStruct, viewStruct } from "./values/struct-op.ts";

/** A decoded row of which only the schema is known: its values by their names on the wire. */
export type DynamicRow = Record<string, unknown>;

/** Reads rows by their schema alone. It holds no resources. */
export interface RowReader {
  readonly schema: RowSchema;
  /** Like {@link RowCodec.view}, with the names of the schema as keys. */
  view(bytes: Uint8Array): RowView<DynamicRow>;
  /** Like {@link RowCodec.decode}. */
  decode(bytes: Uint8Array): DynamicRow;
}

const label = "row";

/**
 * Makes a reader for rows of types that this program does not define. The schema precedes the rows
 * in a stream.
 *
 * Integers of 64 bits are bigints, timestamps and durations are bigints of nanoseconds, dates are
 * text, maps are `Map`. Throws `CodecError`: `option` for a bad option, `limit` for a schema
 * that nests too deep.
 */
export function rowReader(schema: RowSchema, options: RowOptions = {}): RowReader {
  const limits = limitsOf(options.limits);
  const shape = dynamicShape(schema.fields, limits.depth);
  return {
    schema,
    view: (bytes) =>
      openRow(bytes, limits, label, (source, span) =>
        viewStruct(source, span, shape, label),
      ) as RowView<DynamicRow>,
    decode: (bytes) =>
      openRow(bytes, limits, label, (source, span) =>
        readStruct(source, span, shape),
      ) as DynamicRow,
  };
}
