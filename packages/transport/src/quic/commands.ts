import { FRAME_OVERHEAD_BYTES } from "../frame.ts";
import type { NativeNode } from "../native.ts";
import { CommandOp, LARGE_BYTES, RECORD_HEADER_BYTES } from "./records.ts";

const ARENA_BYTES = 256 * 1024;
const NOBODY = -1;

/** A stream as its commands name it. */
export interface StreamRef {
  readonly handle: number;
  readonly connectionHandle: number;
  readonly raw: boolean;
}

/** Commands of one turn of the event loop, written into one arena and submitted with one native call. */
export class Commands {
  readonly #native: NativeNode;
  readonly #arena: Uint8Array = new Uint8Array(ARENA_BYTES);
  readonly #view: DataView = new DataView(this.#arena.buffer);
  #used = 0;
  /** The last record, when it is one that more frames of the same stream can join. */
  #lastStream: number = NOBODY;
  #lastStart = 0;
  #scheduled = false;
  #draining = false;

  constructor(native: NativeNode) {
    this.#native = native;
  }

  /** One frame, or one piece of a raw stream; with `open` the stream starts with it. */
  frame(stream: StreamRef, open: boolean, flags: number, payload: Uint8Array, end: boolean): void {
    const overhead = stream.raw ? 0 : FRAME_OVERHEAD_BYTES;
    const large = payload.length >= LARGE_BYTES;
    const at = this.#room(stream, open, overhead + (large ? 0 : payload.length), end && !large);
    if (overhead > 0) {
      this.#view.setUint32(at, payload.length + 1, true);
      this.#arena[at + 4] = flags;
    }
    if (large) {
      this.flush();
      this.#native.sendLarge(stream.handle, end, payload);
    } else {
      this.#arena.set(payload, at + overhead);
    }
  }

  /** Opens a stream, or ends our half, without a frame. */
  bare(stream: StreamRef, open: boolean, end: boolean): void {
    this.#room(stream, open, 0, end);
  }

  reset(handle: number, code: number): void {
    this.#record(CommandOp.Reset, 0, handle, code, 0);
  }

  stop(handle: number, code: number): void {
    this.#record(CommandOp.Stop, 0, handle, code, 0);
  }

  credit(handle: number, bytes: number): void {
    this.#record(CommandOp.Credit, 0, handle, bytes, 0);
  }

  notify(handle: number): void {
    this.#record(CommandOp.Notify, 0, handle, 0, 0);
  }

  close(connection: number, code: number, reason: Uint8Array): void {
    const at = this.#record(CommandOp.Close, 0, connection, code, reason.length);
    this.#arena.set(reason, at);
  }

  take(connection: number): void {
    this.#record(CommandOp.Take, 0, connection, 0, 0);
  }

  admit(ticket: number, admitted: boolean): void {
    this.#record(CommandOp.Admit, admitted ? 1 : 0, ticket, 0, 0);
  }

  /** While events are delivered, commands wait for the end of the delivery. */
  hold(draining: boolean): void {
    this.#draining = draining;
    if (!draining) this.flush();
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#used === 0) return;
    this.#native.submit(this.#arena, this.#used);
    this.#used = 0;
    this.#lastStream = NOBODY;
  }

  /** Room for bytes of a stream, in its last record where that can still grow. */
  #room(stream: StreamRef, open: boolean, bytes: number, end: boolean): number {
    if (this.#lastStream === stream.handle && !open && this.#used + bytes <= ARENA_BYTES) {
      const at = this.#used;
      this.#used += bytes;
      const length = at + bytes - this.#lastStart - RECORD_HEADER_BYTES;
      this.#view.setUint32(this.#lastStart + 12, length, true);
      if (end) {
        this.#arena[this.#lastStart + 1] = 1;
        this.#lastStream = NOBODY;
      }
      return at;
    }
    const op = open ? CommandOp.Open : CommandOp.Send;
    const at = this.#record(op, end ? 1 : 0, stream.handle, stream.connectionHandle, bytes);
    this.#lastStart = at - RECORD_HEADER_BYTES;
    this.#lastStream = end ? NOBODY : stream.handle;
    return at;
  }

  #record(op: number, flags: number, handle: number, arg: number, bytes: number): number {
    const size = RECORD_HEADER_BYTES + bytes;
    if (this.#used + size > ARENA_BYTES) this.flush();
    if (!this.#scheduled && !this.#draining) {
      this.#scheduled = true;
      process.nextTick(flush, this);
    }
    const start = this.#used;
    const view = this.#view;
    view.setUint32(start, op | (flags << 8), true);
    view.setUint32(start + 4, handle, true);
    view.setUint32(start + 8, arg, true);
    view.setUint32(start + 12, bytes, true);
    this.#used = start + size;
    this.#lastStream = NOBODY;
    return start + RECORD_HEADER_BYTES;
  }
}

/** After every microtask of this turn, so that what they send leaves together. */
function flush(commands: Commands): void {
  commands.flush();
}
