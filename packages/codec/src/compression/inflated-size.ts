/** Bytes before the window or the size: the magic number and the descriptor. */
const HEAD_BYTES = 5;
const dictionarySizes = [0, 1, 2, 4];

/**
 * Returns the size that a zstd frame declares for its content, without checking the frame.
 * `undefined` if it declares none, or is cut off.
 */
export function inflatedSize(frame: Uint8Array): number | undefined {
  const descriptor = frame[HEAD_BYTES - 1];
  if (descriptor === undefined) return undefined;
  const single = (descriptor & 0x20) !== 0;
  const at = HEAD_BYTES + (single ? 0 : 1) + (dictionarySizes[descriptor & 3] ?? 0);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const size = descriptor >> 6;
  const sizeBytes = size === 0 ? Number(single) : 2 ** size;
  if (sizeBytes === 0 || at + sizeBytes > frame.length) return undefined;
  if (sizeBytes === 1) return view.getUint8(at);
  if (sizeBytes === 2) return view.getUint16(at, true) + 256;
  return sizeBytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
