import { fail, kindOf } from "../failure.ts";
import type { ArrayElementKind } from "../field-type.ts";
import { plainOp } from "./plain-op.ts";
import { arrayTypeId } from "./type-id.ts";
import type { ValueOp } from "./value-op.ts";

type TypedArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

interface TypedArrayClass {
  new (buffer: ArrayBuffer): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
}

/** The JavaScript class for each kind of dense numbers. */
export const arrayClass: Readonly<Record<ArrayElementKind, TypedArrayClass>> = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
};

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Dense numbers: their bytes, little-endian, after the number of bytes. */
export function arrayOp(element: ArrayElementKind): ValueOp {
  const Class = arrayClass[element];
  const size = Class.BYTES_PER_ELEMENT;
  return plainOp(
    arrayTypeId[element],
    (w, value) => {
      if (!(value instanceof Class)) {
        throw fail("value", `expected a ${Class.name}, got ${kindOf(value)}`);
      }
      const { buffer, byteOffset, byteLength } = value as TypedArray;
      w.putSmall(byteLength);
      const start = w.pos;
      w.putBytes(new Uint8Array(buffer, byteOffset, byteLength));
      if (!littleEndian) swap(w.bytes, start, byteLength, size);
    },
    (r) => {
      const length = r.small();
      if (length % size !== 0)
        throw fail("data", `${length} bytes for numbers of ${size} bytes each`);
      const start = r.take(length);
      const bytes = r.bytes.slice(start, start + length);
      if (!littleEndian) swap(bytes, 0, length, size);
      return new Class(bytes.buffer);
    },
    128,
  );
}

function swap(bytes: Uint8Array, start: number, length: number, size: number): void {
  for (let at = start; at < start + length; at += size) bytes.subarray(at, at + size).reverse();
}
