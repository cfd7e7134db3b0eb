import { type Channel, type ChannelSink, ResetCode } from "../channel.ts";
import { TransportError } from "../error.ts";
import { checkPayloadSize, encodeFrame, FRAME_OVERHEAD_BYTES, FrameSplitter } from "../frame.ts";
import { Signal } from "../signal.ts";
import { spoil } from "../slab.ts";
import type { MemoryConnection } from "./connection.ts";
import type { Recipient } from "./deliveries.ts";
import { Inbox } from "./inbox.ts";
import type { Slotted } from "./slots.ts";

/** What a sender may have under way before it is told to wait. */
const WINDOW_BYTES = 256 * 1024;
const ROOM_AGAIN_BYTES = WINDOW_BYTES / 2;

/** One end of a channel. Each end holds what is on its way to it; the other end puts it there. */
export class MemoryChannel implements Channel, Recipient, Slotted {
  slot = -1;
  readonly connection: MemoryConnection;
  readonly #other: MemoryChannel;
  readonly #opener: boolean;
  #sink: ChannelSink | undefined;

  readonly #inbox = new Inbox();
  readonly #room = new Signal();
  #splitter: FrameSplitter | undefined;
  /** What follows the last frame of the inbox. */
  #inputEnd: "open" | "ended" | TransportError = "open";
  #due = false;
  #paused = false;

  #sendDone = false;
  #receiveDone = false;
  #stopCode: number | undefined;
  #stopTold = false;
  #loss: TransportError | undefined;
  #over = false;

  #admitted = false;
  #spoken = false;
  #announced = false;

  /** Makes both ends; the peer's end stays hidden until it is announced. */
  constructor(connection: MemoryConnection, other?: MemoryChannel) {
    this.connection = connection;
    this.#opener = other === undefined;
    this.#other = other ?? new MemoryChannel(connection.other, this);
  }

  get hasSink(): boolean {
    return this.#sink !== undefined;
  }

  /** The peer has ended its half. */
  get ended(): boolean {
    return this.#inputEnd !== "open";
  }

  /** The peer has ended its half, and the reader is about to be told the rest. */
  get hasLastWords(): boolean {
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
    if (this.#deaf()) return true;
    this.connection.countSent(payload.length + (raw ? 0 : FRAME_OVERHEAD_BYTES));
    this.#other.#take(raw, flags, payload);
    if (end) this.end();
    else this.#speak();
    return this.#other.#inbox.bytes < WINDOW_BYTES;
  }

  end(): void {
    if (this.#over || this.#sendDone) return;
    this.#sendDone = true;
    this.#other.#takeEnd();
    this.#speak();
    this.#finishIfDone();
  }

  drained(): Promise<void> {
    if (this.#deaf() || this.#other.#inbox.bytes < WINDOW_BYTES) return Promise.resolve();
    return this.#room.wait();
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
    // a half that has ended cannot be reset any more: then the peer learns of it from its own half
    if (ended || other.#receiveDone) other.#takeStop(code);
    else {
      const message = `the peer reset the channel with code ${code}`;
      other.#lose(new TransportError("reset", message, { applicationCode: code }));
    }
  }

  stop(code: number): void {
    if (this.#over || this.#receiveDone) return;
    this.#receiveDone = true;
    this.#inbox.clear();
    this.#other.#takeStop(code);
    this.#speak();
    this.#finishIfDone();
  }

  /** The stream limit has a place for this channel. */
  admit(): void {
    this.#admitted = true;
    this.#announceIfReady();
  }

  connectionLost(error: TransportError): void {
    if (this.#sink === undefined) this.#finish();
    else this.#lose(error);
  }

  deliver(): void {
    this.#due = false;
    if (this.#sink === undefined || this.#over) return;
    try {
      this.#tell(this.#sink);
    } catch {
      this.reset(ResetCode.InternalError);
    }
  }

  #tell(sink: ChannelSink): void {
    if (this.#loss !== undefined) {
      this.#finish();
      sink.closed(this.#loss);
      return;
    }
    if (this.#stopCode !== undefined && !this.#stopTold) {
      this.#stopTold = true;
      this.#sendDone = true;
      sink.stopped(this.#stopCode);
    }
    this.#tellFrames(sink);
    if (this.#listening() && this.#inbox.length > 0) this.#schedule();
    else if (this.#listening() && this.#inputEnd !== "open") {
      this.#receiveDone = true;
      if (this.#inputEnd === "ended") sink.end();
      else sink.malformed(this.#inputEnd);
    }
    this.#finishIfDone();
  }

  /** Frames that come while this runs wait for the next delivery, so that no channel starves another. */
  #tellFrames(sink: ChannelSink): void {
    const overhead = this.connection.raw ? 0 : FRAME_OVERHEAD_BYTES;
    for (let left = this.#inbox.length; left > 0 && this.#listening(); left -= 1) {
      const frame = this.#inbox.shift();
      if (frame === undefined) return;
      this.connection.countReceived(frame.payload.length + overhead);
      if (this.#inbox.bytes <= ROOM_AGAIN_BYTES) this.#other.#room.give();
      sink.frame(frame.flags, frame.payload);
      spoil(frame.payload);
    }
  }

  #listening(): boolean {
    return !this.#over && !this.#paused && !this.#receiveDone && this.#loss === undefined;
  }

  /** Nobody hears what is sent from here. */
  #deaf(): boolean {
    return this.#over || this.#sendDone || this.#loss !== undefined || this.#stopCode !== undefined;
  }

  #take(rawSender: boolean, flags: number, payload: Uint8Array): void {
    if (this.#over || this.#receiveDone || this.#inputEnd !== "open") return;
    const { slab } = this.connection;
    const rawReader = this.connection.raw;
    if (!rawSender) {
      if (rawReader) this.#inbox.push(0, encodeFrame(flags, payload));
      else this.#inbox.push(flags, slab.copy(payload));
    } else if (!rawReader) this.#split(payload);
    else if (payload.length > 0) this.#inbox.push(0, slab.copy(payload));
    this.#schedule();
  }

  /** A peer of plain bytes speaks to us in frames, as any QUIC peer can. */
  #split(bytes: Uint8Array): void {
    this.#splitter ??= new FrameSplitter();
    try {
      const { slab } = this.connection;
      this.#splitter.push(bytes, (flags, payload) => this.#inbox.push(flags, slab.copy(payload)));
    } catch (error) {
      this.#takeMalformed(error);
    }
  }

  #takeEnd(): void {
    if (this.#over || this.#inputEnd !== "open") return;
    this.#inputEnd = "ended";
    try {
      this.#splitter?.end();
    } catch (error) {
      this.#takeMalformed(error);
    }
    this.#schedule();
  }

  #takeMalformed(error: unknown): void {
    if (!(error instanceof TransportError)) throw error;
    this.#inputEnd = error;
  }

  #takeStop(code: number): void {
    if (this.#deaf()) return;
    this.#stopCode = code;
    this.#room.give();
    this.#schedule();
  }

  #lose(error: TransportError): void {
    if (this.#over || this.#loss !== undefined) return;
    this.#loss = error;
    this.#inbox.clear();
    this.#room.give();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#due || this.#sink === undefined || this.#over) return;
    this.#due = true;
    this.connection.deliveries.schedule(this);
  }

  /** As over QUIC, the peer learns of a channel from the first thing that is sent on it. */
  #speak(): void {
    this.#spoken = true;
    this.#announceIfReady();
  }

  #announceIfReady(): void {
    if (!this.#opener || this.#announced || !this.#admitted || !this.#spoken) return;
    this.#announced = true;
    this.#other.connection.arrive(this.#other);
  }

  #finishIfDone(): void {
    const stopUntold = this.#stopCode !== undefined && !this.#stopTold;
    if (this.#sendDone && this.#receiveDone && !stopUntold) this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#inbox.clear();
    this.#room.give();
    if (this.#opener && !this.#announced) this.#other.#over = true;
    this.connection.forget(this);
    const opener = this.#opener ? this : this.#other;
    if (this.#other.#over) opener.connection.release(opener);
  }
}
