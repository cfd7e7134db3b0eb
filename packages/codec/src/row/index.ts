/**
 * Rows: messages that are read field by field, without decoding the rest.
 *
 * @module
 */
export type { RowCodec, RowOptions } from "./row-codec.ts";
export { rowCodec } from "./row-codec.ts";
export type { DynamicRow, RowReader } from "./row-reader.ts";
export { rowReader } from "./row-reader.ts";
export type { RowList, RowMap, RowScalar, RowValue, RowView } from "./row-view.ts";
export { parseRowSchema } from "./schema/parse-schema.ts";
export type {
  RowElement,
  RowField,
  RowScalarKind,
  RowSchema,
  RowType,
} from "./schema/row-schema.ts";
