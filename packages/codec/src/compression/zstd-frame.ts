import { CodecError } from "../error.ts";

const magic = [0x28, 0xb5, 0x2f, 0xfd];
/** Size of the content size field, by the two high bits of the frame descriptor. */
const contentSizes = [0, 2, 4, 8];
const dictionarySizes = [0, 1, 2, 4];
/** The maximum size of a block by RFC 8878. */
const maxBlock = 128 * 1024;

/** The limits of a frame from a peer. */
export interface FrameBounds {
  readonly maxBytes: number;
  readonly maxWindowLog: number;
}

/**
 * Checks one zstd frame (RFC 8878, section 3.1) without inflating it: its window, its declared
 * size, and that it ends where the bytes end.
 */
export function checkFrame(bytes: Uint8Array, bounds: FrameBounds): void {
  if (magic.some((byte, i) => bytes[i] !== byte)) {
    throw new CodecError("data", "the payload is not a zstd frame", { offset: 0 });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 4;
  const take = (size: number): number => {
    if (size > bytes.length - at) {
      throw new CodecError("data", "the zstd frame is cut off", { offset: at });
    }
    at += size;
    return at - size;
  };
  const descriptor = view.getUint8(take(1));
  const single = (descriptor & 0x20) !== 0;
  if (descriptor & 0x08) throw new CodecError("data", "a zstd frame with a reserved bit set");
  const window = single ? undefined : view.getUint8(take(1));
  const dictionary = take(dictionarySizes[descriptor & 3] ?? 0);
  if (bytes.subarray(dictionary, at).some((byte) => byte !== 0)) {
    throw new CodecError("data", "the zstd frame needs a dictionary, and none is agreed on");
  }
  const sizeBytes = contentSizes[descriptor >> 6] || (single ? 1 : 0);
  const size = contentSize(view, take(sizeBytes), sizeBytes);
  if (window !== undefined && windowSize(window) > 2 ** bounds.maxWindowLog) {
    throw new CodecError("limit", `a zstd window larger than 2^${bounds.maxWindowLog} bytes`);
  }
  if (size !== undefined && size > bounds.maxBytes) {
    throw new CodecError(
      "limit",
      `decompressed payload exceeds limit of ${bounds.maxBytes} (declared ${size})`,
    );
  }
  for (let last = false; !last; ) {
    const start = take(3);
    const head = view.getUint16(start, true) | (view.getUint8(start + 2) << 16);
    last = (head & 1) === 1;
    const length = head >> 3;
    if (length > maxBlock) throw new CodecError("data", "a zstd block that is too large");
    // a run-length block holds one byte, however often it repeats
    take(((head >> 1) & 3) === 1 ? 1 : length);
  }
  if (descriptor & 0x04) take(4);
  if (at !== bytes.length) {
    throw new CodecError("data", "more than one zstd frame in a payload", { offset: at });
  }
}

function windowSize(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

function contentSize(view: DataView, at: number, size: number): number | undefined {
  switch (size) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    case 8:
      return Number(view.getBigUint64(at, true));
    default:
      return undefined;
  }
}
