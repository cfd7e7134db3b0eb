import { CodecError } from "../error.ts";
import { asFailure, type Failure, fail } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import { bytePool, pooledBytes } from "./byte-pool.ts";
import { plainBytes } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

import type { Writers } from "./writers.ts";

/** How one codec writes the messages of one type. */
export interface MessageForm<W extends ByteWriter> {
  /** What error paths begin with. */
  readonly root: string;
  readonly limits: CodecLimits;
  /**
   * Writes a message at `offset`. With `exact` in the way that makes the errors; otherwise in the fastest one, which may
   * throw anything. Where both are the same, `exact` is all there is.
   */
  write(w: W, value: unknown, offset: number, exact: boolean): void;
  readonly onlyExact: boolean;
  /** Lets go of what the message held, whatever became of it. */
  finish?(w: W): void;
  /** What an error is in the end. */
  failure?(failure: Failure): Failure;
}

/** Whole messages of one type into memory: of their own, shared, or the caller's. */
export class MessageEncoder<W extends ByteWriter> {
  readonly #form: MessageForm<W>;
  readonly #writers: Writers<W>;
  /** Whether the last message was a small one: the next is likely to be one too. */
  #small = true;

  constructor(form: MessageForm<W>, writers: Writers<W>) {
    this.#form = form;
    this.#writers = writers;
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
      throw this.#noSpace(buffer, offset);
    }
    const end = this.#tried(value, plainBytes(buffer), offset);
    if (end >= 0) return end - offset;
    const encoded = this.encodeShared(value);
    if (encoded.length > buffer.length - offset) {
      throw this.#noSpace(buffer, offset, encoded.length);
    }
    buffer.set(encoded, offset);
    return encoded.length;
  }

  /** Writes into a given buffer and returns where the message ends; −1 for too little room to be generous, or a bad value. */
  #tried(value: unknown, bytes: Uint8Array, offset: number): number {
    const form = this.#form;
    const w = this.#writers.fixed(bytes);
    try {
      form.write(w, value, offset, form.onlyExact);
      return w.pos - offset <= form.limits.messageBytes ? w.pos : -1;
    } catch {
      return -1;
    } finally {
      form.finish?.(w);
      this.#writers.release(w);
    }
  }

  #encoded(value: unknown): W {
    const form = this.#form;
    const w = this.#writers.growing();
    try {
      if (!form.onlyExact) {
        try {
          this.#write(w, value, false);
          return w;
        } catch {
          // made again below, with an error that says where
        }
      }
      this.#write(w, value, true);
      return w;
    } catch (reason) {
      const failure = asFailure(reason);
      throw (form.failure?.(failure) ?? failure).toError(form.root);
    } finally {
      form.finish?.(w);
      this.#writers.release(w);
    }
  }

  #write(w: W, value: unknown, exact: boolean): void {
    const { limits } = this.#form;
    this.#form.write(w, value, 0, exact);
    if (w.pos <= limits.messageBytes) return;
    throw fail("limit", `the message of ${w.pos} bytes is larger than ${limits.messageBytes}`);
  }

  #noSpace(buffer: Uint8Array, offset: number, size?: number): CodecError {
    const what = size === undefined ? "the message does" : `${size} bytes do`;
    return new CodecError(
      "space",
      `${this.#form.root}: ${what} not fit into a buffer of ${buffer.length} at ${offset}`,
    );
  }
}
