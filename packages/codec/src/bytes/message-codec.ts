import { asFailure, type Failure } from "../failure.ts";
import { type CodecLimits, checkMessageSize } from "../limits.ts";
import type { TypeCodec } from "../type-codec.ts";
import { bytePool, pooledBytes } from "./byte-pool.ts";
import { type ByteReader, checkBytes, plainBytes } from "./byte-reader.ts";
import { type ByteWriter, copyInto, noSpace } from "./byte-writer.ts";
import type { Readers } from "./readers.ts";
import type { Writers } from "./writers.ts";

/** The form of messages of one type in one mode. */
export interface MessageFormat<W extends ByteWriter, R extends ByteReader> {
  /** The first part of error paths. */
  readonly root: string;
  readonly limits: CodecLimits;
  /**
   * Writes a message at `offset`. With `exact` it runs the code that makes the errors, otherwise
   * the fastest code, which may throw anything.
   */
  write(w: W, value: unknown, offset: number, exact: boolean): void;
  /** True if there is no faster code than the exact one. */
  readonly onlyExact: boolean;
  /** Drops what the writer held of the message. Called after success and failure. */
  finish(w: W): void;
  /** Maps a failure of `write` to the one that callers see. */
  failure?(failure: Failure): Failure;
  /** Reads a whole message. Throws `CodecError`. */
  read(r: R, bytes: Uint8Array): unknown;
}

const noBytes = new Uint8Array(0);

/**
 * The codec of one type in a binary mode. It lends a writer or reader to the format for each
 * message, and decides where the bytes go: into memory of their own, a shared buffer, or the
 * caller's.
 *
 * Encoding first tries the fast code and, if that throws anything, runs the exact code on the same
 * value.
 */
export class MessageCodec<W extends ByteWriter, R extends ByteReader>
  implements TypeCodec<unknown>
{
  readonly #format: MessageFormat<W, R>;
  readonly #writers: Writers<W>;
  readonly #readers: Readers<R>;
  /** True if the last message was a small one: the next is likely to be small too. */
  #small = true;

  constructor(format: MessageFormat<W, R>, writers: Writers<W>, readers: Readers<R>) {
    this.#format = format;
    this.#writers = writers;
    this.#readers = readers;
  }

  encode(value: unknown): Uint8Array {
    if (this.#small && !bytePool.busy) {
      bytePool.open();
      try {
        const end = this.#tried(value, bytePool.bytes, bytePool.start);
        if (end >= 0) return bytePool.take(end);
      } finally {
        bytePool.busy = false;
      }
    }
    const w = this.#encoded(value);
    this.#small = w.pos <= pooledBytes;
    return this.#writers.taken(w);
  }

  encodeShared(value: unknown): Uint8Array {
    const w = this.#encoded(value);
    return w.bytes.subarray(0, w.pos);
  }

  encodeInto(value: unknown, buffer: Uint8Array, offset: number): number {
    if (!Number.isInteger(offset) || offset < 0 || offset > buffer.length) {
      throw noSpace(this.#format.root, "the message does", buffer, offset);
    }
    const end = this.#tried(value, plainBytes(buffer), offset);
    if (end >= 0) return end - offset;
    return copyInto(this.encodeShared(value), buffer, offset, this.#format.root);
  }

  decode(bytes: Uint8Array): unknown {
    checkBytes(bytes);
    const readers = this.#readers;
    const nested = readers.busy;
    const r = nested ? readers.another() : readers.shared;
    readers.busy = true;
    try {
      return this.#format.read(r, plainBytes(bytes));
    } finally {
      if (!nested) {
        // the next message may arrive much later: hold nothing of this one
        r.begin(noBytes);
        readers.busy = false;
      }
    }
  }

  /**
   * Writes into a given buffer and returns the end of the message, or −1 if the value is bad or the
   * buffer lacks the generous room that writers ask for.
   */
  #tried(value: unknown, bytes: Uint8Array, offset: number): number {
    const format = this.#format;
    const w = this.#writers.fixed(bytes);
    try {
      format.write(w, value, offset, format.onlyExact);
      return w.pos - offset <= format.limits.messageBytes ? w.pos : -1;
    } catch {
      return -1;
    } finally {
      format.finish(w);
      this.#writers.release(w);
    }
  }

  #encoded(value: unknown): W {
    const format = this.#format;
    const w = this.#writers.growing();
    try {
      if (!format.onlyExact) {
        try {
          this.#write(w, value, false);
          return w;
        } catch {
          // written again below, with an error that says where
        }
      }
      this.#write(w, value, true);
      return w;
    } catch (reason) {
      const failure = asFailure(reason);
      throw (format.failure?.(failure) ?? failure).toError(format.root);
    } finally {
      format.finish(w);
      this.#writers.release(w);
    }
  }

  #write(w: W, value: unknown, exact: boolean): void {
    this.#format.write(w, value, 0, exact);
    checkMessageSize(w.pos, this.#format.limits);
  }
}
