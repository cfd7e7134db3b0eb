import { type Channel, type ChannelSink, ResetCode } from "../channel.ts";
import { TransportError } from "../error.ts";
import { checkPayloadSize, FRAME_OVERHEAD_BYTES } from "../frame.ts";
import { Signal } from "../signal.ts";
import type { QuicConnection } from "./connection.ts";
import { KeptFrames } from "./kept-frames.ts";
import { RECORD_HEADER_BYTES } from "./records.ts";

const SEND_WINDOW_BYTES = 256 * 1024;
const ASK_BYTES = SEND_WINDOW_BYTES / 4;
const SEND_LIMIT_BYTES = 64 * 1024 * 1024;
/** Credit goes back in steps; the native side counts on steps below 32 KiB. */
const CREDIT_STEP_BYTES = 16 * 1024;

export class QuicChannel implements Channel {
  readonly connection: QuicConnection;
  readonly handle: number;
  readonly connectionHandle: number;
  readonly raw: boolean;
  #sink: ChannelSink | undefined;
  #opened: boolean;
  #sendDone = false;
  #receiveDone = false;
  #over = false;
  #paused = false;
  /** Bytes that the native side may still hold; of these, it was asked about the first `#asked`. */
  #unsent = 0;
  #asked = 0;
  #room: Signal | undefined;
  /** Bytes consumed and not credited yet. */
  #consumed = 0;
  #kept: KeptFrames | undefined;
  #delivering = false;
  /** What follows the kept frames. */
  #inputEnd: "ended" | TransportError | undefined;
  #stopCode: number | undefined;
  #loss: TransportError | undefined;

  /** Without a sink it is a channel the peer opened. */
  constructor(connection: QuicConnection, handle: number, sink?: ChannelSink) {
    this.connection = connection;
    this.handle = handle;
    this.connectionHandle = connection.handle;
    this.raw = connection.raw;
    this.#sink = sink;
    this.#opened = sink === undefined;
  }

  get hasSink(): boolean {
    return this.#sink !== undefined;
  }

  read(sink: ChannelSink): void {
    if (this.#sink !== undefined) {
      throw new TransportError("limit", "this channel has its sink already: a channel takes one");
    }
    this.#sink = sink;
    if (this.#kept !== undefined || this.#hasNews()) this.#deliverLater();
  }

  send(flags: number, payload: Uint8Array, end = false): boolean {
    if (!this.raw) checkPayloadSize(payload.length);
    if (this.#over || this.#sendDone) return true;
    const bytes = payload.length + (this.raw ? 0 : FRAME_OVERHEAD_BYTES);
    if (this.#unsent + bytes > SEND_LIMIT_BYTES) {
      throw new TransportError(
        "limit",
        `${SEND_LIMIT_BYTES} bytes wait to be sent on this channel: await drained() when send returns false`,
      );
    }
    this.#unsent += bytes;
    const commands = this.connection.commands;
    commands.frame(this, !this.#opened, flags, payload, end);
    this.#opened = true;
    if (end) {
      this.#sendDone = true;
      this.#finishIfDone();
    } else {
      this.#askIfMany();
    }
    return !this.#full();
  }

  end(): void {
    if (this.#over || this.#sendDone) return;
    this.connection.commands.bare(this, !this.#opened, true);
    this.#opened = true;
    this.#sendDone = true;
    this.#finishIfDone();
  }

  drained(): Promise<void> {
    if (!this.#full() || this.#over || this.#sendDone) return Promise.resolve();
    this.#room ??= new Signal();
    return this.#room.wait();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#kept !== undefined || this.#hasNews()) this.#deliverLater();
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
    this.#kept = undefined;
    this.#finishIfDone();
  }

  /** The native side has a frame; `payload` is valid until this returns. */
  onFrame(flags: number, payload: Uint8Array): void {
    if (this.#receiveDone) return;
    const sink = this.#sink;
    if (this.#paused || sink === undefined || this.#kept !== undefined || this.#delivering) {
      this.#kept ??= new KeptFrames();
      this.#kept.push(flags, payload);
      return;
    }
    this.#hand(sink, flags, payload);
  }

  onInputEnd(end: "ended" | TransportError): void {
    this.#inputEnd = end;
    this.#tell();
  }

  onStopped(code: number): void {
    this.#sendDone = true;
    this.#stopCode = code;
    this.#room?.give();
    this.#tell();
  }

  /** What the native side was asked about has gone out. */
  onWritable(): void {
    this.#unsent -= this.#asked;
    this.#asked = 0;
    this.#askIfMany();
    if (!this.#full()) this.#room?.give();
  }

  /** The channel is gone without our doing. */
  onLost(error: TransportError): void {
    this.#loss = error;
    this.#kept = undefined;
    this.#room?.give();
    this.#tell();
  }

  /** Tells soon, for a channel that was opened on a connection that is gone. */
  loseLater(error: TransportError): void {
    this.#loss = error;
    this.#deliverLater();
  }

  #full(): boolean {
    return this.#unsent >= SEND_WINDOW_BYTES;
  }

  /** Asks early, so that the network does not fall idle while the answer is on its way. */
  #askIfMany(): void {
    if (this.#asked > 0 || this.#unsent < ASK_BYTES || this.#over || this.#sendDone) return;
    this.#asked = this.#unsent;
    this.connection.commands.notify(this.handle);
  }

  #hasNews(): boolean {
    return this.#loss !== undefined || this.#inputEnd !== undefined || this.#stopCode !== undefined;
  }

  #deliverLater(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    queueMicrotask(() => {
      this.#delivering = false;
      this.#tell();
    });
  }

  /** Tells the sink what it may hear now, frames before what follows them. */
  #tell(): void {
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
    this.#tellKept(sink);
    if (this.#inputEnd !== undefined && this.#kept === undefined && this.#listening()) {
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

  #tellKept(sink: ChannelSink): void {
    while (this.#kept !== undefined && this.#listening()) {
      const frame = this.#kept.shift();
      if (this.#kept.empty) this.#kept = undefined;
      if (frame !== undefined) this.#hand(sink, frame.flags, frame.payload);
    }
  }

  #hand(sink: ChannelSink, flags: number, payload: Uint8Array): void {
    const bytes = payload.length + RECORD_HEADER_BYTES;
    try {
      sink.frame(flags, payload);
    } catch {
      this.reset(ResetCode.InternalError);
      return;
    }
    this.#consumed += bytes;
    if (this.#consumed >= CREDIT_STEP_BYTES && !this.#over && !this.#receiveDone) {
      this.connection.commands.credit(this.handle, this.#consumed);
      this.#consumed = 0;
    }
  }

  #listening(): boolean {
    return !this.#over && !this.#paused && !this.#receiveDone;
  }

  #finishIfDone(): void {
    if (this.#sendDone && this.#receiveDone && this.#stopCode === undefined) this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#kept = undefined;
    this.#room?.give();
    this.connection.forget(this);
  }
}
