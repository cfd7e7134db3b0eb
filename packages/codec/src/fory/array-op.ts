import { fail, kindOf } from "../failure.ts";
import type { ArrayElementKind } from "../field-type.ts";
import { bfloat16Value, float16Value } from "./float16.ts";
import { listOp } from "./list-op.ts";
import { plainOp } from "./plain-op.ts";
import { arrayTypeId, TypeId } from "./type-id.ts";
import type { PlainOp, ValueOp } from "./value-op.ts";
import { safe } from "./varint.ts";

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

/** Arrays that a message may hold in a field of any type; they are written by nobody here. */
export const readOnlyArrays: readonly PlainOp[] = [
  bytesLike(TypeId.boolArray, 1, (bytes) => Array.from(bytes, (byte) => byte !== 0)),
  bytesLike(TypeId.uint8Array, 1, (bytes) => bytes),
  bytesLike(TypeId.float8Array, 1, (bytes) => bytes),
  bytesLike(TypeId.float16Array, 2, (bytes) => halves(bytes, float16Value)),
  bytesLike(TypeId.bfloat16Array, 2, (bytes) => halves(bytes, bfloat16Value)),
];

function bytesLike(typeId: number, size: number, of: (bytes: Uint8Array) => unknown): PlainOp {
  return plainOp(
    typeId,
    () => {
      throw fail("value", "an array that is only read");
    },
    (r) => {
      const length = r.small();
      if (length % size !== 0)
        throw fail("data", `${length} bytes for numbers of ${size} bytes each`);
      const start = r.take(length);
      r.graphBytes -= length * 8;
      if (r.graphBytes < 0) throw fail("limit", "the message takes too much memory");
      return of(r.bytes.slice(start, start + length));
    },
    128,
  );
}

function halves(bytes: Uint8Array, of: (bits: number) => number): Float32Array {
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) =>
    of((bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)),
  );
}

/** Reads dense numbers as a list; `narrow` makes numbers of bigints. */
export function listFromArray(array: ValueOp, list: ValueOp, narrow = false): ValueOp {
  return {
    ...list,
    read(r, depth) {
      const numbers = array.read(r, depth) as ArrayLike<number | bigint>;
      r.graphBytes -= 8 * numbers.length;
      if (r.graphBytes < 0) throw fail("limit", "the message takes too much memory");
      return Array.from(numbers, (one) => (narrow ? safe(Number(one)) : one));
    },
  };
}

/** Reads a list of numbers as dense ones. */
export function arrayFromList(kind: ArrayElementKind, element: ValueOp, array: ValueOp): ValueOp {
  const list = listOp({ op: element, nullable: false, optional: false, typed: false });
  const Class = arrayClass[kind];
  return {
    ...array,
    read(r, depth) {
      const items = list.read(r, depth) as (number | bigint)[];
      const out = new Class(new ArrayBuffer(items.length * Class.BYTES_PER_ELEMENT));
      const wide = kind.endsWith("64") && kind !== "float64";
      for (const [i, item] of items.entries())
        out[i] = (wide ? BigInt(item) : Number(item)) as never;
      return out;
    },
  };
}

function swap(bytes: Uint8Array, start: number, length: number, size: number): void {
  for (let at = start; at < start + length; at += size) bytes.subarray(at, at + size).reverse();
}
