/** The scalars of the row format, with the names of this package. */
export type RowScalarKind =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "float16"
  | "float32"
  | "float64"
  | "string"
  | "binary"
  | "duration"
  | "timestamp"
  | "date";

/** The type of a slot of a row (docs/fory.md, "Rows"). */
export type RowType =
  | { readonly kind: RowScalarKind }
  | { readonly kind: "list"; readonly element: RowElement }
  | { readonly kind: "map"; readonly key: RowElement; readonly value: RowElement }
  | { readonly kind: "struct"; readonly fields: readonly RowField[] };

/** An element, key or value. */
export interface RowElement {
  readonly type: RowType;
  readonly nullable: boolean;
}

/** One field of a row or of a struct in it. */
export interface RowField extends RowElement {
  readonly name: string;
}

/**
 * The fields of a row in the order of their slots. Rows do not contain the schema: it is sent
 * before them.
 */
export interface RowSchema {
  readonly fields: readonly RowField[];
}

/** Maximum number of fields of one schema, including those of structs inside it. */
export const maxSchemaFields: number = 8_192;
