/** Scalars that pyfory 0.16 has and we have. */
export const scalarsOfA: readonly string[] = [
  ...["bool", "int8", "int16", "int32", "varint32", "int64", "varint64", "tagged_int64"],
  ...["uint8", "uint16", "uint32", "var_uint32", "float32", "float64", "string", "binary"],
  ...["timestamp", "date", "any"],
];

/** Scalars that pyfory 1.7 has and we have. */
export const scalarsOfB: readonly string[] = [
  ...scalarsOfA,
  ...["float16", "bfloat16", "var_uint64", "tagged_uint64", "duration", "decimal"],
];
