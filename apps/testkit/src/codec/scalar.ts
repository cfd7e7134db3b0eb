/**
 * The classes of the dense arrays. If two kinds share a class, objects of the class print as the
 * first kind.
 */
export const arrayClasses: Readonly<Record<string, ArrayClass>> = {
  bool: Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  float16: (globalThis as unknown as { Float16Array?: ArrayClass }).Float16Array ?? Float32Array,
  bfloat16: Float32Array,
};

interface ArrayClass {
  new (...args: never[]): object;
  from(items: readonly never[]): unknown;
}

/** Returns whether values of the kind are bigints. */
export function isWide(kind: string): boolean {
  return /^(?:var|var_u|tagged_|tagged_u|u)?int64$/.test(kind);
}
