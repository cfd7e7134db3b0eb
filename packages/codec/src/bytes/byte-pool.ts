/**
 * Up to this size V8 keeps the bytes of an array in its own heap, where they are cheap to allocate.
 */
const heapBytes = 64;
/** Messages up to this size go into a chunk. Larger ones would fill a chunk too quickly. */
export const pooledBytes = 2_048;
/** At least eight messages share one allocation. */
const chunkBytes = 16 * 1_024;

/**
 * Memory for small messages that the caller keeps. Allocating a buffer of its own for each would
 * cost more than encoding it. The pool hands out no byte twice.
 */
class BytePool {
  /** The chunk into which the next message may be written, from `start` on. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  /**
   * True while a message is being written. A message that a getter of its value encodes then goes
   * elsewhere.
   */
  busy = false;

  /** Ensures room for a small message. */
  open(): void {
    this.busy = true;
    // a chunk that the caller transferred to a worker has no length
    if (this.bytes.length - this.start >= pooledBytes) return;
    this.bytes = new Uint8Array(chunkBytes);
    this.start = 0;
  }

  /** Hands out the bytes that were written up to `end`. */
  take(end: number): Uint8Array {
    const { bytes, start } = this;
    if (end - start <= heapBytes) return bytes.slice(start, end);
    this.start = (end + 7) & ~7;
    return bytes.subarray(start, end);
  }
}

/** The pool of all codecs. */
export const bytePool: BytePool = new BytePool();
