import { TransportError } from "../error.ts";
import { encodeFrame, FRAME_OVERHEAD_BYTES, FrameSplitter } from "../frame.ts";
import type { MemoryConnection } from "./connection.ts";

/** A frame, or a value that was handed over in place of one. */
export interface Item {
  readonly flags: number;
  /** `undefined` for a value. */
  readonly payload: Uint8Array | undefined;
  readonly value: unknown;
}

/** A value has no size of its own; with this one, 256 of them fill the send window of a channel. */
const VALUE_BYTES = 1024;
/**
 * A short array that has been emptied is not reset: that costs more than its few places, and most
 * calls need no more.
 */
const RESET_AT = 16;
/** Removed items are cut off in blocks, so that removing one does not move all others. */
const COMPACT_AT = 1024;

/**
 * The input of one end of a channel: items in order, with the size they would have on the wire, and
 * the end of the input.
 */
export class Inbox {
  /**
   * The end of the peer's half, which follows the last item; an error when the peer broke the
   * framing.
   */
  end: "open" | "ended" | TransportError = "open";
  readonly #connection: MemoryConnection;
  readonly #items: (Item | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  #splitter: FrameSplitter | undefined;

  /** The inbox belongs to a channel at this side of a connection. */
  constructor(connection: MemoryConnection) {
    this.#connection = connection;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** Takes a copy of what the peer sent: a frame, or a piece of bytes from a raw peer. */
  take(flags: number, payload: Uint8Array): void {
    const { raw, other, slab } = this.#connection;
    if (!other.raw) {
      if (raw) this.#push(0, encodeFrame(flags, payload));
      else this.#push(flags, slab.copy(payload));
    } else if (!raw) this.#split(payload);
    else if (payload.length > 0) this.#push(0, slab.copy(payload));
  }

  takeValue(value: unknown): void {
    this.#items.push({ flags: 0, payload: undefined, value });
    this.#bytes += VALUE_BYTES;
  }

  takeEnd(): void {
    this.end = "ended";
    try {
      this.#splitter?.end();
    } catch (error) {
      this.#malformed(error);
    }
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    this.#bytes -=
      item.payload === undefined ? VALUE_BYTES : item.payload.length + FRAME_OVERHEAD_BYTES;
    if (this.#head === this.#items.length) {
      if (this.#head >= RESET_AT) this.#reset();
    } else if (this.#head === COMPACT_AT) {
      this.#items.splice(0, COMPACT_AT);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    if (this.length > 0) this.#reset();
  }

  #reset(): void {
    this.#items.length = 0;
    this.#head = 0;
    this.#bytes = 0;
  }

  #push(flags: number, payload: Uint8Array): void {
    this.#items.push({ flags, payload, value: undefined });
    this.#bytes += payload.length + FRAME_OVERHEAD_BYTES;
  }

  /** A raw peer writes frames into its byte stream itself, as any QUIC peer can. */
  #split(bytes: Uint8Array): void {
    this.#splitter ??= new FrameSplitter();
    try {
      const { slab } = this.#connection;
      this.#splitter.push(bytes, (flags, payload) => this.#push(flags, slab.copy(payload)));
    } catch (error) {
      this.#malformed(error);
    }
  }

  #malformed(error: unknown): void {
    if (!(error instanceof TransportError)) throw error;
    this.end = error;
  }
}
