/** Thrown by generated code: something is wrong, and the closures find out what. */
export const wrong: unique symbol = Symbol("wrong");

const f64 = new Float64Array(1);
const f32 = new Float32Array(1);

/** Where floats change into bytes and back. Generated code is used on little-endian machines only. */
export const ops64: {
  readonly f64: Float64Array;
  readonly f64Bytes: Uint8Array;
  readonly f32: Float32Array;
  readonly f32Bytes: Uint8Array;
} = { f64, f64Bytes: new Uint8Array(f64.buffer), f32, f32Bytes: new Uint8Array(f32.buffer) };
