import { fail, kindOf } from "../failure.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** Eight bytes to convert between numbers and their bytes. */
export const scratch: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(8));
export const scratchBytes: Uint8Array = new Uint8Array(scratch.buffer);

const doubles = new Float64Array(1);
const singles = new Float32Array(1);

/** The same for generated code, which runs on little-endian machines only. */
export const floatScratch: {
  readonly double: Float64Array;
  readonly doubleBytes: Uint8Array;
  readonly single: Float32Array;
  readonly singleBytes: Uint8Array;
} = {
  double: doubles,
  doubleBytes: new Uint8Array(doubles.buffer),
  single: singles,
  singleBytes: new Uint8Array(singles.buffer),
};

/** True on machines whose memory has the byte order of the wire. */
export const littleEndian: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Returns the value as a number, or throws a `value` failure. */
export function float(value: unknown): number {
  if (typeof value !== "number") throw fail("value", `expected a number, got ${kindOf(value)}`);
  return value;
}

export function writeFloat32(w: ByteWriter, value: unknown): void {
  scratch.setFloat32(0, float(value), true);
  w.putBytes(scratchBytes.subarray(0, 4));
}

export function readFloat32(r: ByteReader): number {
  const start = r.take(4);
  for (let i = 0; i < 4; i++) scratchBytes[i] = r.bytes[start + i] as number;
  return scratch.getFloat32(0, true);
}

export function writeFloat64(w: ByteWriter, value: unknown): void {
  w.pos = putDouble(w.room(w.pos, 8), w.pos, float(value));
}

/** Writes a double at `p` and returns where it ends. Needs 8 bytes of room. */
export function putDouble(b: Uint8Array, p: number, value: number): number {
  scratch.setFloat64(0, value, true);
  b[p] = scratchBytes[0] as number;
  b[p + 1] = scratchBytes[1] as number;
  b[p + 2] = scratchBytes[2] as number;
  b[p + 3] = scratchBytes[3] as number;
  b[p + 4] = scratchBytes[4] as number;
  b[p + 5] = scratchBytes[5] as number;
  b[p + 6] = scratchBytes[6] as number;
  b[p + 7] = scratchBytes[7] as number;
  return p + 8;
}

export function readDouble(r: ByteReader): number {
  const start = r.take(8);
  const b = r.bytes;
  scratchBytes[0] = b[start] as number;
  scratchBytes[1] = b[start + 1] as number;
  scratchBytes[2] = b[start + 2] as number;
  scratchBytes[3] = b[start + 3] as number;
  scratchBytes[4] = b[start + 4] as number;
  scratchBytes[5] = b[start + 5] as number;
  scratchBytes[6] = b[start + 6] as number;
  scratchBytes[7] = b[start + 7] as number;
  return scratch.getFloat64(0, true);
}
