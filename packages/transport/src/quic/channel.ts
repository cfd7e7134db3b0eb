// A QUIC stream, as the program sees it.
//
// A connection creates it when either side opens a stream. Frames and ends come from the reactor
// through the `on…` methods; what the program does goes out through the commands of the connection.
// It is removed from the reactor when both halves have ended, or when it is reset or lost.
import { type Channel, type ChannelSink, ResetCode } from "../channel.ts";
import { TransportError } from "../error.ts";
import { checkPayloadSize, FRAME_OVERHEAD_BYTES } from "../frame.ts";
import { lostUnsent } from "../lost-channel.ts";
import { type Deferred, deferred, Signal } from "../signal.ts";
import type { Slotted } from "../slots.ts";
import { now, soon } from "../turns.ts";
import { Limit, RecordHeader } from "./border.ts";
import type { QuicConnection } from "./connection.ts";
import { isCostly, type Turn } from "./delivery-turns.ts";
import { freeMemory, type KeptFrame, KeptFrames, keptBytes } from "./kept-frames.ts";

/** Unsent bytes from which a NOTIFY command is sent: early, so that the network stays busy. */
const NOTIFY_BYTES: number = Limit.SEND_WINDOW_BYTES / 4;
/** Unsent bytes from which `send` throws: four of the largest frames. Bounds careless senders. */
const SEND_LIMIT_BYTES = 64 * 1024 * 1024;

/** The sink of a channel that is over for the program. */
const ignoring: ChannelSink = {
  frame() {},
  end() {},
  malformed() {},
  stopped() {},
  closed() {},
};

export class QuicChannel implements Channel, Slotted, Turn {
  slot = -1;
  readonly connection: QuicConnection;
  /** The number of the stream at the native side; 0 when the stream there is over. */
  handle: number;
  readonly connectionHandle: number;
  readonly raw: boolean;
  #sink: ChannelSink | undefined;
  #opened: boolean;
  #sendDone = false;
  /** The half has ended, and a SENT event is due when all of it has left. */
  #ending = false;
  #receiveDone = false;
  #over = false;
  #paused = false;
  /**
   * Bytes that the native side may still hold. A WRITABLE event is due for the first `#asked` of
   * them.
   */
  #unsent = 0;
  #asked = 0;
  #room: Signal | undefined;
  #measured: Deferred<number> | undefined;
  /** Bytes that were consumed and not credited yet. */
  #consumed = 0;
  #kept: KeptFrames | undefined;
  #delivering = false;
  /** The end of the input, which follows the kept frames. */
  #inputEnd: "ended" | TransportError | undefined;
  #stopCode: number | undefined;
  #loss: TransportError | undefined;

  /** Without a sink it is a channel that the peer opened. */
  constructor(connection: QuicConnection, handle: number, sink?: ChannelSink) {
    this.connection = connection;
    this.handle = handle;
    this.connectionHandle = connection.handle;
    this.raw = connection.raw;
    this.#sink = sink;
    this.#opened = sink === undefined;
  }

  /** A channel that is over for the program, with bytes in the send buffer. */
  static unfinished(connection: QuicConnection, handle: number, bytes: number): QuicChannel {
    const channel = new QuicChannel(connection, handle, ignoring);
    channel.#opened = true;
    channel.#sendDone = true;
    channel.#receiveDone = true;
    channel.#ending = true;
    channel.#unsent = bytes;
    return channel;
  }

  get hasSink(): boolean {
    return this.#sink !== undefined;
  }

  read(sink: ChannelSink): void {
    if (this.#sink !== undefined) {
      throw new TransportError("limit", "this channel already has a sink; it takes only one");
    }
    this.#sink = sink;
    if (this.#kept !== undefined || this.#hasEnding()) this.#deliverLater();
  }

  send(flags: number, payload: Uint8Array, end = false): boolean {
    if (!this.raw) checkPayloadSize(payload.length);
    if (this.#over || this.#sendDone) return true;
    const bytes = payload.length + (this.raw ? 0 : FRAME_OVERHEAD_BYTES);
    if (this.#unsent + bytes > SEND_LIMIT_BYTES) {
      throw new TransportError(
        "limit",
        `${SEND_LIMIT_BYTES} bytes are unsent on this channel; await drained() when send returns false`,
      );
    }
    this.#unsent += bytes;
    const ends = end && !this.#endsLater();
    this.connection.commands.frame(this, !this.#opened, flags, payload, ends);
    this.connection.countSent(bytes);
    this.#opened = true;
    if (end) this.#endSending(!ends);
    else this.#notifyIfMany();
    return !this.#isFull();
  }

  end(): void {
    if (this.#over || this.#sendDone) return;
    const large = this.#endsLater();
    if (!large) this.connection.commands.bare(this, !this.#opened, true);
    this.#opened = true;
    this.#endSending(large);
  }

  drained(): Promise<void> {
    if (!this.#isFull() || this.#over) return Promise.resolve();
    if (this.#sendDone && !this.#ending) return Promise.resolve();
    this.#room ??= new Signal();
    return this.#room.wait();
  }

  measureUnsent(): Promise<number> {
    if (this.#over || (this.#sendDone && !this.#ending)) return Promise.resolve(0);
    if (this.#measured === undefined) {
      this.#measured = deferred();
      this.connection.commands.measure(this.handle);
    }
    return this.#measured.promise;
  }

  later(work: () => void): void {
    const takeTurn = (): boolean => {
      work();
      return false;
    };
    this.connection.turns.addDue(this.connection.time, { takeTurn });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#kept !== undefined || this.#hasEnding()) this.#deliverLater();
  }

  reset(code: number): void {
    if (this.#over) return;
    if (this.#opened) this.connection.commands.reset(this.handle, code);
    this.#finish();
  }

  stop(code: number): void {
    if (this.#over || this.#receiveDone) return;
    if (!this.#opened) this.connection.commands.bare(this, true, false);
    this.#opened = true;
    this.connection.commands.stop(this.handle, code);
    this.#receiveDone = true;
    this.#dropKept();
    this.#finishIfDone();
  }

  /**
   * A frame arrived. `payload` is valid until this returns, unless it is `owned`: such a payload
   * can be kept without a copy. Returns true if it is.
   */
  onFrame(flags: number, payload: Uint8Array, owned: boolean): boolean {
    if (this.#receiveDone) return false;
    const sink = this.#sink;
    if (this.#paused || sink === undefined || this.#kept !== undefined || this.#delivering) {
      return this.#keep(flags, payload, owned);
    }
    if (!isCostly(flags, payload.length)) this.#deliverFrame(sink, flags, payload);
    else if (this.#isLate()) return this.#keep(flags, payload, owned);
    else this.#deliverCostly(sink, flags, payload);
    return false;
  }

  /** Delivers a kept frame that may take long to read. */
  takeTurn(): boolean {
    const sink = this.#sink;
    if (sink === undefined || this.#delivering || !this.#reading()) return false;
    const frame = this.#takeKept();
    if (frame !== undefined) {
      this.#deliverCostly(sink, frame.flags, frame.payload);
      if (frame.owned) freeMemory(frame.payload);
    }
    this.#deliver();
    return false;
  }

  onInputEnd(end: "ended" | TransportError): void {
    this.#inputEnd = end;
    this.#deliver();
  }

  onStopped(code: number): void {
    this.#sendDone = true;
    this.#leave();
    this.#stopCode = code;
    this.#deliver();
  }

  /** The bytes that a WRITABLE event was due for have left. */
  onWritable(): void {
    this.#unsent -= this.#asked;
    this.#asked = 0;
    this.#notifyIfMany();
    if (!this.#isFull()) this.#room?.give();
  }

  /** The half has ended with so many bytes in the send buffer. */
  onUnsent(bytes: number): void {
    if (this.#over || this.#ending) return;
    this.#unsent = bytes;
    this.#ending = true;
    this.connection.unfinished(this);
  }

  /** The native side has counted the bytes in the send buffer. */
  onMeasured(bytes: number): void {
    this.#measured?.resolve(bytes);
    this.#measured = undefined;
  }

  /** All that the half has sent has left. */
  onSent(): void {
    if (!this.#ending) return;
    this.#leave();
    this.#finishIfDone();
  }

  /** The peer or the connection ended the channel. */
  onLost(error: TransportError): void {
    this.#loss = error;
    this.#dropKept();
    this.#leave();
    this.#deliver();
  }

  /** Ends a channel that cannot be opened, after the caller has it. */
  loseLater(error: TransportError): void {
    this.#loss = lostUnsent(error);
    this.#deliverLater();
  }

  /**
   * The native side has given the handle to another stream: this one is over there, and commands
   * for it have no effect. The sink may still get what has arrived.
   */
  disown(): void {
    this.handle = 0;
  }

  /** The end waits for a SENT event, because the send buffer may hold much. */
  #endsLater(): boolean {
    return this.#unsent > Limit.WRITABLE_BYTES && this.connection.isObserved;
  }

  #isFull(): boolean {
    return this.#unsent >= Limit.SEND_WINDOW_BYTES || this.#ending;
  }

  /** Asks for a WRITABLE event. */
  #notifyIfMany(): void {
    if (this.#asked > 0 || this.#unsent < NOTIFY_BYTES || this.#over || this.#sendDone) return;
    this.#asked = this.#unsent;
    this.connection.commands.notify(this.handle);
  }

  #endSending(large: boolean): void {
    this.#sendDone = true;
    this.#ending = large;
    if (large) this.connection.commands.finish(this.handle);
    else this.#finishIfDone();
  }

  /** Nothing is in the send buffer any more. */
  #leave(): void {
    this.#ending = false;
    this.#unsent = 0;
    this.#room?.give();
    this.#measured?.resolve(0);
    this.#measured = undefined;
  }

  #hasEnding(): boolean {
    return this.#loss !== undefined || this.#inputEnd !== undefined || this.#stopCode !== undefined;
  }

  #deliverLater(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    soon(() => {
      this.#delivering = false;
      this.#deliver();
    });
  }

  /**
   * Calls the sink with all that has arrived: a loss or a stop first, then frames, then the end.
   */
  #deliver(): void {
    const sink = this.#sink;
    if (sink === undefined || this.#over || this.#delivering) return;
    try {
      if (this.#loss !== undefined) {
        this.#finish();
        sink.closed(this.#loss);
        return;
      }
      if (this.#stopCode !== undefined) {
        const code = this.#stopCode;
        this.#stopCode = undefined;
        sink.stopped(code);
      }
    } catch {
      this.reset(ResetCode.InternalError);
      return;
    }
    this.#deliverKept(sink);
    if (this.#inputEnd !== undefined && this.#kept === undefined && this.#reading()) {
      this.#receiveDone = true;
      try {
        if (this.#inputEnd === "ended") sink.end();
        else sink.malformed(this.#inputEnd);
      } catch {
        this.reset(ResetCode.InternalError);
      }
    }
    this.#finishIfDone();
  }

  #deliverKept(sink: ChannelSink): void {
    while (this.#kept !== undefined && this.#reading()) {
      const { flags, payload, owned } = this.#kept.first;
      const costly = isCostly(flags, payload.length);
      if (costly && this.#isLate()) return;
      this.#takeKept();
      if (costly) this.#deliverCostly(sink, flags, payload);
      else this.#deliverFrame(sink, flags, payload);
      if (owned) freeMemory(payload);
    }
  }

  /**
   * Keeps a frame for later. A paused channel may not keep more than the observer allows. Returns
   * true if the payload itself is kept.
   */
  #keep(flags: number, payload: Uint8Array, owned: boolean): boolean {
    const bytes = keptBytes(payload);
    if (this.#paused && !this.connection.mayKeep(bytes)) {
      this.#refuseInput();
      return false;
    }
    this.connection.countKept(bytes);
    this.#kept ??= new KeptFrames();
    this.#kept.push(flags, payload, owned);
    return owned;
  }

  #takeKept(): KeptFrame | undefined {
    const frame = this.#kept?.shift();
    if (this.#kept?.empty) this.#kept = undefined;
    if (frame !== undefined) this.connection.countKept(-keptBytes(frame.payload));
    return frame;
  }

  #dropKept(): void {
    if (this.#kept === undefined) return;
    this.connection.countKept(-this.#kept.bytes);
    this.#kept.drop();
    this.#kept = undefined;
  }

  #refuseInput(): void {
    try {
      this.#sink?.malformed(keptTooMuch());
    } catch {
      this.reset(ResetCode.InternalError);
    }
    this.stop(ResetCode.Cancelled);
  }

  /** Returns true if the next frame, a costly one, has to wait for the turn of its peer. */
  #isLate(): boolean {
    const { turns, time } = this.connection;
    if (!turns.isLate(time)) return false;
    turns.addLate(time, this);
    return true;
  }

  #deliverCostly(sink: ChannelSink, flags: number, payload: Uint8Array): void {
    const startedMs = now();
    this.#deliverFrame(sink, flags, payload);
    this.connection.turns.countFrame(this.connection.time, startedMs);
  }

  #deliverFrame(sink: ChannelSink, flags: number, payload: Uint8Array): void {
    const bytes = payload.length + RecordHeader.BYTES;
    try {
      sink.frame(flags, payload);
    } catch {
      this.reset(ResetCode.InternalError);
      return;
    }
    this.#consumed += bytes;
    if (this.#consumed >= Limit.CREDIT_STEP_BYTES && !this.#over && !this.#receiveDone) {
      this.connection.commands.credit(this.handle, this.#consumed);
      this.#consumed = 0;
    }
  }

  #reading(): boolean {
    return !this.#over && !this.#paused && !this.#receiveDone;
  }

  #finishIfDone(): void {
    if (!this.#sendDone || !this.#receiveDone || this.#ending) return;
    if (this.#stopCode === undefined) this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#dropKept();
    this.#leave();
    this.connection.forget(this);
  }
}

function keptTooMuch(): TransportError {
  return new TransportError(
    "limit",
    "the peer may not make this side keep more unread frames; read faster, or make the peer wait",
  );
}
