import { arrayTypeId, TypeId } from "../bytes/type-id.ts";
import { NativeId } from "./native-id.ts";

export type View = ArrayBufferView<ArrayBufferLike>;

/** One class of views: its id, and how to make a view. */
export interface ViewKind {
  readonly id: number;
  /** Size of one element in bytes. */
  readonly size: number;
  readonly prototype: object;
  /** True if a view of all of its own bytes is written without a separate buffer. */
  readonly compact: boolean;
  make(buffer: ArrayBuffer, offset: number, length: number): View;
}

interface ViewClass {
  new (buffer: ArrayBuffer, offset: number, length: number): View;
  readonly BYTES_PER_ELEMENT?: number;
  readonly prototype: View;
}

function kind(id: number, Class: ViewClass, compact = true): ViewKind {
  return {
    id,
    size: Class.BYTES_PER_ELEMENT ?? 1,
    prototype: Class.prototype,
    compact,
    make: (buffer, offset, length) => new Class(buffer, offset, length),
  };
}

const kinds: ViewKind[] = [
  kind(TypeId.binary, Uint8Array),
  kind(arrayTypeId.int8, Int8Array),
  kind(arrayTypeId.int16, Int16Array),
  kind(arrayTypeId.int32, Int32Array),
  kind(arrayTypeId.int64, BigInt64Array),
  kind(arrayTypeId.uint16, Uint16Array),
  kind(arrayTypeId.uint32, Uint32Array),
  kind(arrayTypeId.uint64, BigUint64Array),
  kind(arrayTypeId.float32, Float32Array),
  kind(arrayTypeId.float64, Float64Array),
  kind(NativeId.clampedArray, Uint8ClampedArray, false),
  kind(NativeId.dataView, DataView, false),
];
const Half = (globalThis as { readonly Float16Array?: ViewClass }).Float16Array;
/** Fory's id of arrays of 16-bit floats. Only newer platforms have the class. */
const float16ArrayId = 53;
if (Half) kinds.push(kind(float16ArrayId, Half));

/** The kinds by their ids on the wire. */
export const viewKinds: ReadonlyMap<number, ViewKind> = new Map(kinds.map((one) => [one.id, one]));

/** The kinds that can be written without a separate buffer. */
export const compactViews: readonly ViewKind[] = kinds.filter((one) => one.compact);

/** The kinds by the prototypes of their classes. */
export const viewPrototypes: ReadonlyMap<object, ViewKind> = new Map(
  kinds.map((one) => [one.prototype, one]),
);
