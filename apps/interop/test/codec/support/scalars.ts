/** Scalars that both pyfory 0.16 and this codec support. */
export const scalarsOfA: readonly string[] = [
  ...["bool", "int8", "int16", "int32", "varint32", "int64", "varint64", "tagged_int64"],
  ...["uint8", "uint16", "uint32", "var_uint32", "float32", "float64", "string", "binary"],
  ...["timestamp", "date", "any"],
];

/** Scalars that both pyfory 1.7 and this codec support. */
export const scalarsOfB: readonly string[] = [
  ...scalarsOfA,
  ...["float16", "bfloat16", "var_uint64", "tagged_uint64", "duration", "decimal"],
];
