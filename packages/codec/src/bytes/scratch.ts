/** Eight bytes in which numbers change their form. */
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
