const NOISE_SEED = 0x2545f491;

/** Returns zeros, or noise (xorshift32) that does not compress and is the same every time. */
export function generatedBytes(size: number, noise: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  if (!noise) return bytes;
  let state = NOISE_SEED;
  for (let index = 0; index < size; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state;
  }
  return bytes;
}
