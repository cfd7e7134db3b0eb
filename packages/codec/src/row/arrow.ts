/**
 * Rows as Apache Arrow tables. Needs the package `apache-arrow`, which no other part of this
 * package loads.
 *
 * @module
 */
import type { Table } from "apache-arrow";
import { CodecError } from "../error.ts";
import { type ArrowLibrary, arrowField, columnOf } from "./arrow-column.ts";
import type { RowOptions } from "./row-codec.ts";
import { rowReader } from "./row-reader.ts";
import type { RowSchema } from "./schema/row-schema.ts";

/**
 * Copies rows of one schema into a table with a column per field. Timestamps are microseconds in
 * UTC.
 *
 * Throws `CodecError`: `data` or `limit` for a row that cannot be read, `limit` for a column
 * beyond 2 GiB, and `type` if `apache-arrow` is not installed.
 */
export async function toArrow(
  schema: RowSchema,
  rows: Iterable<Uint8Array>,
  options: RowOptions = {},
): Promise<Table> {
  const reader = rowReader(schema, options);
  const values = Array.from(rows, (row) => reader.decode(row));
  const arrow = await load();
  const fields = schema.fields.map((field) => arrowField(arrow, field.name, field));
  const columns = schema.fields.map(({ name, type }) =>
    columnOf(
      arrow,
      type,
      values.map((row) => row[name]),
    ),
  );
  const data = arrow.makeData({
    type: new arrow.Struct(fields),
    length: values.length,
    nullCount: 0,
    children: columns,
  });
  return new arrow.Table(new arrow.RecordBatch(new arrow.Schema(fields), data));
}

async function load(): Promise<ArrowLibrary> {
  try {
    return await import("apache-arrow");
  } catch (cause) {
    throw new CodecError(
      "type",
      "toArrow needs the package apache-arrow: npm install apache-arrow",
      {
        cause,
      },
    );
  }
}
