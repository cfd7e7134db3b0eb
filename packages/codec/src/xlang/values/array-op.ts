import { arrayClass, float16Class, type NumberElementKind } from "../../bytes/array-class.ts";
import { littleEndian } from "../../bytes/float.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "../../bytes/float16.ts";
import { arrayTypeId, TypeId } from "../../bytes/type-id.ts";
import { safe } from "../../bytes/varint.ts";
import { fail, kindOf } from "../../failure.ts";
import type { ArrayElementKind } from "../../schema/field-type.ts";
import { isArrayOf } from "../../value-kind.ts";
import { listOp } from "./list-op.ts";
import { type PlainOp, plainOp, type ValueOp } from "./value-op.ts";

/** Returns the op of a dense array: the number of bytes, then the numbers, little-endian. */
export function arrayOp(element: ArrayElementKind): PlainOp {
  switch (element) {
    case "bool":
      return boolArrayOp;
    case "bfloat16":
      return halfArrayOp(element, bfloat16Bits, bfloat16Value);
    case "float16":
      return float16Class
        ? numberArrayOp(element)
        : halfArrayOp(element, float16Bits, float16Value);
    default:
      return numberArrayOp(element);
  }
}

/** The op of numbers with the same form in memory and on the wire. */
function numberArrayOp(element: NumberElementKind): PlainOp {
  const Class = arrayClass[element];
  const size = Class.BYTES_PER_ELEMENT;
  return plainOp(
    arrayTypeId[element],
    (w, value) => {
      if (!isArrayOf(Class, value)) {
        throw fail("value", `expected a ${Class.name}, got ${kindOf(value)}`);
      }
      const { buffer, byteOffset, byteLength } = value;
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
      const at = r.bytes.byteOffset + start;
      if (r.views && littleEndian && at % size === 0) {
        return new Class(r.bytes.buffer, at, length / size);
      }
      const bytes = r.bytes.slice(start, start + length);
      if (!littleEndian) swap(bytes, 0, length, size);
      return new Class(bytes.buffer);
    },
    280,
  );
}

/** The op of 16-bit numbers, held as float32. */
function halfArrayOp(
  element: "float16" | "bfloat16",
  toBits: (value: number) => number,
  fromBits: (bits: number) => number,
): PlainOp {
  return plainOp(
    arrayTypeId[element],
    (w, value) => {
      if (!isArrayOf(Float32Array, value)) {
        throw fail("value", `expected a Float32Array, got ${kindOf(value)}`);
      }
      w.putSmall(value.length * 2);
      const b = w.room(w.pos, value.length * 2);
      for (const one of value) {
        const bits = toBits(one);
        b[w.pos++] = bits;
        b[w.pos++] = bits >> 8;
      }
    },
    (r) => {
      const length = r.small();
      if (length % 2 !== 0) throw fail("data", `${length} bytes for numbers of 2 bytes each`);
      const start = r.take(length);
      const numbers = new Float32Array(length / 2);
      for (let i = 0; i < numbers.length; i++) {
        const at = start + 2 * i;
        numbers[i] = fromBits((r.bytes[at] as number) | ((r.bytes[at + 1] as number) << 8));
      }
      return numbers;
    },
    280,
  );
}

/** The op of booleans of one byte each, held as a plain array. */
const boolArrayOp: PlainOp = plainOp(
  arrayTypeId.bool,
  (w, value) => {
    if (!Array.isArray(value)) throw fail("value", `expected an array, got ${kindOf(value)}`);
    w.putSmall(value.length);
    const b = w.room(w.pos, value.length);
    for (let i = 0; i < value.length; i++) {
      const one: unknown = value[i];
      if (typeof one !== "boolean") {
        throw fail("value", `expected a boolean, got ${kindOf(one)}`).inItem(i);
      }
      b[w.pos++] = one ? 1 : 0;
    }
  },
  (r) => {
    const length = r.small();
    const start = r.take(length);
    r.charge(length * 8);
    return Array.from(r.bytes.subarray(start, start + length), (byte) => byte !== 0);
  },
  128,
);

/** The op of 8-bit floats, for which JavaScript has no type: their bytes. It only reads. */
export const float8ArrayOp: PlainOp = plainOp(
  TypeId.float8Array,
  () => {
    throw fail("value", "an array that is only read");
  },
  (r) => {
    const length = r.small();
    return r.part(length);
  },
  128,
);

/** Makes an op that reads a dense array as a list. `narrow` converts bigints to numbers. */
export function listFromArray(array: ValueOp, list: ValueOp, narrow = false): ValueOp {
  return {
    ...list,
    read(r, depth) {
      const numbers = array.read(r, depth) as ArrayLike<number | bigint>;
      r.charge(8 * numbers.length);
      return Array.from(numbers, (one) => (narrow ? safe(Number(one)) : one));
    },
  };
}

/** Makes an op that reads a list of numbers or booleans as a dense array. */
export function arrayFromList(kind: ArrayElementKind, element: ValueOp, array: ValueOp): ValueOp {
  const list = listOp({ op: element, nullable: false, optional: false, typed: false });
  if (kind === "bool") return { ...array, read: (r, depth) => list.read(r, depth) };
  const Class = arrayClass[kind];
  const wide = kind.endsWith("int64");
  return {
    ...array,
    read(r, depth) {
      const items = list.read(r, depth) as (number | bigint)[];
      const out = new Class(new ArrayBuffer(items.length * Class.BYTES_PER_ELEMENT));
      for (const [i, item] of items.entries())
        out[i] = (wide ? BigInt(item) : Number(item)) as never;
      return out;
    },
  };
}

function swap(bytes: Uint8Array, start: number, length: number, size: number): void {
  for (let at = start; at < start + length; at += size) bytes.subarray(at, at + size).reverse();
}
