/** Up to here V8 keeps the bytes of an array in its own heap, where they are cheap. */
const heapBytes = 64;
/** Messages up to this size are worth a place in a chunk. */
export const pooledBytes = 2_048;
const chunkBytes = 16 * 1_024;

/**
 * Memory for small messages that their receiver keeps: memory of their own would cost more than all the rest of
 * making them. No byte is handed out twice.
 */
class BytePool {
  /** Where the next message may be written, from `start` on. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  /** A message is being written: one that a getter of its value makes goes elsewhere. */
  busy = false;

  /** Makes room for a small message. */
  open(): void {
    this.busy = true;
    // a chunk that somebody transferred away has no length
    if (this.bytes.length - this.start >= pooledBytes) return;
    this.bytes = new Uint8Array(chunkBytes);
    this.start = 0;
  }

  /** Hands out what was written up to `end`. */
  take(end: number): Uint8Array {
    const { bytes, start } = this;
    if (end - start <= heapBytes) return bytes.slice(start, end);
    this.start = (end + 7) & ~7;
    return bytes.subarray(start, end);
  }
}

/** One for all codecs. */
export const bytePool: BytePool = new BytePool();
