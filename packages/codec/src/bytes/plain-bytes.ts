/** The same bytes as a plain array: one class of arrays keeps code fast, and Buffer's slice would be a view. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
