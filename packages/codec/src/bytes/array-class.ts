import type { ArrayElementKind } from "../schema/field-type.ts";

type TypedArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export interface TypedArrayClass {
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
}

/** Kinds of dense arrays that JavaScript has a typed array for. Booleans are plain arrays. */
export type NumberElementKind = Exclude<ArrayElementKind, "bool">;

/** The class `Float16Array`, or undefined on platforms without it. */
export const float16Class: TypedArrayClass | undefined = (
  globalThis as unknown as { readonly Float16Array?: TypedArrayClass }
).Float16Array;

/** The JavaScript class for each kind of dense numbers. */
export const arrayClass: Readonly<Record<NumberElementKind, TypedArrayClass>> = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: float16Class ?? Float32Array,
  bfloat16: Float32Array,
  float32: Float32Array,
  float64: Float64Array,
};
