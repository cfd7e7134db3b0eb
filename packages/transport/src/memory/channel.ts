import { type Channel, type ChannelSink, ResetCode } from "../channel.ts";
import { TransportError } from "../error.ts";
import { checkPayloadSize, FRAME_OVERHEAD_BYTES } from "../frame.ts";
import { lostUnsent, resetError } from "../lost-channel.ts";
import { Signal } from "../signal.ts";
import { spoil } from "../slab.ts";
import type { Slotted } from "../slots.ts";
import type { MemoryConnection } from "./connection.ts";
import type { Recipient } from "./deliveries.ts";
import { Inbox } from "./inbox.ts";

/** The bytes that may be on their way to a reader before `send` returns `false`, as over QUIC. */
const WINDOW_BYTES = 256 * 1024;
/** A waiting sender goes on at half of the window, so that it does not wake for every frame. */
const RESUME_BYTES = WINDOW_BYTES / 2;

/**
 * One end of a channel within this process, for memory nodes and for in-process connections.
 *
 * The side that opens the channel makes both ends. Each end owns the inbox of what is on its way to
 * it; the other end fills the inbox, and a round of {@link Deliveries} empties it into the sink. An
 * end is over when both halves have ended, at a reset, or when its connection is lost; it then
 * leaves its connection, and the slot of the channel is free when both ends have left.
 */
export class MemoryChannel implements Channel, Recipient, Slotted {
  slot = -1;
  readonly connection: MemoryConnection;
  readonly #other: MemoryChannel;
  readonly #opener: boolean;
  #sink: ChannelSink | undefined;

  readonly #inbox: Inbox;
  #drained: Signal | undefined;
  #due = false;
  #paused = false;

  #sendDone = false;
  #receiveDone = false;
  #stopCode: number | undefined;
  #stopDelivered = false;
  #loss: TransportError | undefined;
  #over = false;

  #admitted = false;
  #hasSent = false;
  #announced = false;

  /** Makes both ends; the peer does not see its end before it is announced. */
  constructor(connection: MemoryConnection, other?: MemoryChannel) {
    this.connection = connection;
    this.#inbox = new Inbox(connection);
    this.#opener = other === undefined;
    this.#other = other ?? new MemoryChannel(connection.other, this);
  }

  /** The peer has ended its half. */
  get ended(): boolean {
    return this.#inbox.end !== "open";
  }

  /** The peer has ended its half, and the rest is about to be delivered. */
  get isEnding(): boolean {
    return this.ended && this.#listening() && this.#sink !== undefined;
  }

  get admitted(): boolean {
    return this.#admitted;
  }

  /** Bytes that wait at this end, or that this end may not send yet. */
  get queuedBytes(): number {
    const unsent = this.#opener && !this.#announced ? this.#other.#inbox.bytes : 0;
    return this.#inbox.bytes + unsent;
  }

  read(sink: ChannelSink): void {
    if (this.#sink !== undefined) {
      throw new TransportError("limit", "this channel has its sink already: a channel takes one");
    }
    this.#sink = sink;
    if (!this.#opener) this.#schedule();
  }

  send(flags: number, payload: Uint8Array, end = false): boolean {
    const { raw } = this.connection;
    if (!raw) checkPayloadSize(payload.length);
    if (this.#discards()) return true;
    this.connection.countSent(payload.length + (raw ? 0 : FRAME_OVERHEAD_BYTES));
    const other = this.#other;
    if (other.#takes()) {
      other.#inbox.take(flags, payload);
      other.#schedule();
    }
    return this.#sent(end);
  }

  sendValue(value: unknown, end = false): boolean {
    if (!this.connection.passesValues) {
      throw new TransportError("limit", "this connection carries bytes only: encode the value");
    }
    if (this.#discards()) return true;
    const other = this.#other;
    if (other.#takes()) {
      other.#inbox.takeValue(value);
      other.#schedule();
    }
    return this.#sent(end);
  }

  end(): void {
    if (this.#over || this.#sendDone) return;
    this.#sendDone = true;
    const other = this.#other;
    if (!other.#over && !other.ended) {
      other.#inbox.takeEnd();
      other.#schedule();
    }
    this.#announceFirst();
    this.#finishIfDone();
  }

  drained(): Promise<void> {
    if (this.#discards() || this.#other.#inbox.bytes < WINDOW_BYTES) return Promise.resolve();
    this.#drained ??= new Signal();
    return this.#drained.wait();
  }

  measureUnsent(): Promise<number> {
    return Promise.resolve(this.#discards() ? 0 : this.#other.#inbox.bytes);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  reset(code: number): void {
    if (this.#over) return;
    const ended = this.#sendDone;
    this.#finish();
    const other = this.#other;
    // a half that has ended cannot be reset: the peer then sees STOP_SENDING on its own half
    if (ended || other.#receiveDone) other.#takeStop(code);
    else other.#lose(resetError(code));
  }

  stop(code: number): void {
    if (this.#over || this.#receiveDone) return;
    this.#receiveDone = true;
    this.#inbox.clear();
    this.#other.#takeStop(code);
    this.#announceFirst();
    this.#finishIfDone();
  }

  /** The channel limit admits this channel. */
  admit(): void {
    this.#admitted = true;
    this.#announceIfReady();
  }

  /** Passes the channel, which the peer opened, to its handler. */
  handTo(handler: (channel: Channel) => void): void {
    try {
      handler(this);
      if (this.#sink === undefined) this.reset(ResetCode.RefusedStream);
    } catch {
      this.reset(ResetCode.InternalError);
    }
  }

  connectionLost(error: TransportError): void {
    if (this.#sink === undefined) this.#finish();
    else this.#lose(this.#opener && !this.#announced ? lostUnsent(error) : error);
  }

  deliver(): void {
    this.#due = false;
    if (this.#sink === undefined || this.#over) return;
    try {
      this.#deliverTo(this.#sink);
    } catch {
      this.reset(ResetCode.InternalError);
    }
  }

  #deliverTo(sink: ChannelSink): void {
    if (this.#loss !== undefined) {
      this.#finish();
      sink.closed(this.#loss);
      return;
    }
    if (this.#stopCode !== undefined && !this.#stopDelivered) {
      this.#stopDelivered = true;
      this.#sendDone = true;
      sink.stopped(this.#stopCode);
    }
    this.#deliverItems(sink);
    if (this.#listening() && this.#inbox.length > 0) this.#schedule();
    else if (this.#listening() && this.#inbox.end !== "open") {
      this.#receiveDone = true;
      if (this.#inbox.end === "ended") sink.end();
      else sink.malformed(this.#inbox.end);
    }
    this.#finishIfDone();
  }

  /** Items that arrive meanwhile wait for the next round, so that no channel starves another. */
  #deliverItems(sink: ChannelSink): void {
    const overhead = this.connection.raw ? 0 : FRAME_OVERHEAD_BYTES;
    for (let left = this.#inbox.length; left > 0 && this.#listening(); left -= 1) {
      const item = this.#inbox.shift();
      if (item === undefined) return;
      if (this.#inbox.bytes <= RESUME_BYTES) this.#other.#drained?.give();
      const { payload } = item;
      if (payload === undefined) sink.value?.(item.value);
      else {
        this.connection.countReceived(payload.length + overhead);
        sink.frame(item.flags, payload);
        spoil(payload);
      }
    }
  }

  #listening(): boolean {
    return !this.#over && !this.#paused && !this.#receiveDone && this.#loss === undefined;
  }

  /** The peer would not read what this end sends. */
  #discards(): boolean {
    return this.#over || this.#sendDone || this.#loss !== undefined || this.#stopCode !== undefined;
  }

  /** This end still reads what the peer sends. */
  #takes(): boolean {
    return !this.#over && !this.#receiveDone && this.#inbox.end === "open";
  }

  /** Something was sent; returns whether more may be sent at once. */
  #sent(end: boolean): boolean {
    if (end) this.end();
    else this.#announceFirst();
    return this.#other.#inbox.bytes < WINDOW_BYTES;
  }

  #takeStop(code: number): void {
    if (this.#discards()) return;
    this.#stopCode = code;
    this.#drained?.give();
    this.#schedule();
  }

  #lose(error: TransportError): void {
    if (this.#over || this.#loss !== undefined) return;
    if (this.#sendDone && this.#receiveDone) {
      this.#finish();
      return;
    }
    this.#loss = error;
    this.#inbox.clear();
    this.#drained?.give();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#due || this.#sink === undefined || this.#over) return;
    this.#due = true;
    this.connection.deliveries.schedule(this);
  }

  /** As over QUIC, the peer sees a channel with the first frame, end or stop that is sent on it. */
  #announceFirst(): void {
    this.#hasSent = true;
    this.#announceIfReady();
  }

  #announceIfReady(): void {
    if (!this.#opener || this.#announced || !this.#admitted || !this.#hasSent) return;
    this.#announced = true;
    this.#other.connection.arrive(this.#other);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    // what was sent before the channel limit admitted the channel still reaches the peer
    if (this.#opener && !this.#announced) return;
    const stopPending = this.#stopCode !== undefined && !this.#stopDelivered;
    if (this.#sendDone && this.#receiveDone && !stopPending) this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#inbox.clear();
    this.#drained?.give();
    if (this.#opener && !this.#announced) this.#other.#over = true;
    this.connection.forget(this);
    const opener = this.#opener ? this : this.#other;
    if (this.#other.#over) opener.connection.release(opener);
  }
}
