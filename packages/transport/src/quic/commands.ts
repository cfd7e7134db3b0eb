// The commands of one node, on their way to the reactor.
//
// Channels, connections and the node write commands at any time. All commands of one turn of the
// event loop are collected in one buffer and submitted with one native call.
import type { NativeNode } from "@aster/native";
import { FRAME_OVERHEAD_BYTES } from "../frame.ts";
import { nextTick } from "../turns.ts";
import { CommandFlag, CommandOp, Limit, RecordHeader } from "./border.ts";

/** Holds several payloads of the largest size that is copied. */
const ARENA_BYTES: number = 4 * Limit.LARGE_BYTES;
const NO_STREAM = -1;

/** The part of a stream that its commands need. */
export interface StreamRef {
  readonly handle: number;
  readonly connectionHandle: number;
  readonly raw: boolean;
}

/** Writes commands into a buffer and submits it after the current turn. */
export class Commands {
  readonly #native: NativeNode;
  readonly #arena: Uint8Array = new Uint8Array(ARENA_BYTES);
  readonly #view: DataView = new DataView(this.#arena.buffer);
  #used = 0;
  /** The stream of the last record, if the record can take more frames of this stream. */
  #lastStream: number = NO_STREAM;
  #lastStart = 0;
  #scheduled = false;
  #draining = false;

  constructor(native: NativeNode) {
    this.#native = native;
  }

  /** Sends one frame, or one piece of a raw stream. With `open`, it opens the stream. */
  frame(stream: StreamRef, open: boolean, flags: number, payload: Uint8Array, end: boolean): void {
    const overhead = stream.raw ? 0 : FRAME_OVERHEAD_BYTES;
    const large = payload.length >= Limit.LARGE_BYTES;
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

  /** Opens a stream, or ends its sending half, without a frame. */
  bare(stream: StreamRef, open: boolean, end: boolean): void {
    this.#room(stream, open, 0, end);
  }

  reset(handle: number, code: number): void {
    this.#record(CommandOp.RESET, 0, handle, code, 0);
  }

  stop(handle: number, code: number): void {
    this.#record(CommandOp.STOP, 0, handle, code, 0);
  }

  credit(handle: number, bytes: number): void {
    this.#record(CommandOp.CREDIT, 0, handle, bytes, 0);
  }

  notify(handle: number): void {
    this.#record(CommandOp.NOTIFY, 0, handle, 0, 0);
  }

  /** Ends the sending half of a stream; a SENT event follows. */
  finish(handle: number): void {
    this.#record(CommandOp.FINISH, 0, handle, 0, 0);
  }

  /** Asks for an UNSENT event of a stream. */
  measure(handle: number): void {
    this.#record(CommandOp.MEASURE, 0, handle, 0, 0);
  }

  /** Asks for a BACKLOG event of a connection. */
  measureAll(connection: number): void {
    this.#record(CommandOp.MEASURE_ALL, 0, connection, 0, 0);
  }

  /** Asks for the events about the buffers of a connection. */
  observe(connection: number): void {
    this.#record(CommandOp.OBSERVE, 0, connection, 0, 0);
  }

  close(connection: number, code: number, reason: Uint8Array): void {
    const at = this.#record(CommandOp.CLOSE, 0, connection, code, reason.length);
    this.#arena.set(reason, at);
  }

  take(connection: number): void {
    this.#record(CommandOp.TAKE, 0, connection, 0, 0);
  }

  admit(question: number, admitted: boolean): void {
    this.#record(CommandOp.ADMIT, admitted ? CommandFlag.ADMITTED : 0, question, 0, 0);
  }

  /**
   * Holds commands back while events are delivered, and submits them at the end of the delivery.
   */
  hold(draining: boolean): void {
    this.#draining = draining;
    if (!draining) this.flush();
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#used === 0) return;
    this.#native.submit(this.#arena, this.#used);
    this.#used = 0;
    this.#lastStream = NO_STREAM;
  }

  /**
   * Makes room for bytes of a stream, in its last record if this can still grow. Returns the
   * offset.
   */
  #room(stream: StreamRef, open: boolean, bytes: number, end: boolean): number {
    if (this.#lastStream === stream.handle && !open && this.#used + bytes <= ARENA_BYTES) {
      const at = this.#used;
      this.#used += bytes;
      const length = at + bytes - this.#lastStart - RecordHeader.BYTES;
      this.#view.setUint32(this.#lastStart + RecordHeader.LENGTH_AT, length, true);
      if (end) {
        this.#arena[this.#lastStart + RecordHeader.FLAGS_AT] = CommandFlag.END;
        this.#lastStream = NO_STREAM;
      }
      return at;
    }
    const op = open ? CommandOp.OPEN : CommandOp.SEND;
    const flags = end ? CommandFlag.END : 0;
    const at = this.#record(op, flags, stream.handle, stream.connectionHandle, bytes);
    this.#lastStart = at - RecordHeader.BYTES;
    this.#lastStream = end ? NO_STREAM : stream.handle;
    return at;
  }

  /** Starts a record and returns the offset of its payload. */
  #record(op: number, flags: number, handle: number, arg: number, bytes: number): number {
    const size = RecordHeader.BYTES + bytes;
    if (this.#used + size > ARENA_BYTES) this.flush();
    if (!this.#scheduled && !this.#draining) {
      this.#scheduled = true;
      nextTick(flush, this);
    }
    const start = this.#used;
    const view = this.#view;
    // op and flags with one write
    view.setUint32(start, op | (flags << (8 * RecordHeader.FLAGS_AT)), true);
    view.setUint32(start + RecordHeader.HANDLE_AT, handle, true);
    view.setUint32(start + RecordHeader.ARG_AT, arg, true);
    view.setUint32(start + RecordHeader.LENGTH_AT, bytes, true);
    this.#used = start + size;
    this.#lastStream = NO_STREAM;
    return start + RecordHeader.BYTES;
  }
}

/** Runs after every microtask of the turn, so that what these send leaves together. */
function flush(commands: Commands): void {
  commands.flush();
}
