import { type Channel, type ChannelSink, ResetCode, TransportError } from "@aster/transport";
import { soon } from "../time/turn.ts";
import { DelayLine } from "./delay-line.ts";
import type { FaultAction, FaultDirection } from "./fault.ts";
import type { FaultyConnection } from "./faulty-connection.ts";

/**
 * The bytes that may be delayed in one direction before `send` returns `false`, as on a transport.
 */
const WINDOW_BYTES = 256 * 1024;

type Pass = (flags: number, payload: Uint8Array) => void;

/** One end of a channel with faults between it and the transport, in both directions. */
export class FaultyChannel implements Channel {
  readonly connection: FaultyConnection;
  readonly #stream: number;
  readonly #outward: FaultDirection;
  readonly #inward: FaultDirection;
  readonly #out: DelayLine = new DelayLine(() => this.#outDrained());
  readonly #in: DelayLine = new DelayLine(() => this.#resumeInner());
  #inner!: Channel;
  #sink: ChannelSink | undefined;
  #sentFrames = 0;
  #readFrames = 0;
  #outCut = false;
  #inCut = false;
  /** The size of frames that were dropped. */
  #lostBytes = 0;
  /** The end of the channel was dropped: it ends with its connection. */
  #endLost = false;
  #paused = false;
  #over = false;
  #waiting: (() => void)[] = [];

  constructor(connection: FaultyConnection, stream: number) {
    this.connection = connection;
    this.#stream = stream;
    this.#outward = connection.side === "client" ? "toServer" : "toClient";
    this.#inward = connection.side === "client" ? "toClient" : "toServer";
  }

  /** Sets the wrapped channel. */
  wrap(inner: Channel): void {
    this.#inner = inner;
  }

  /** Returns the sink of the wrapped channel, which passes on to this sink. */
  sinkFor(sink: ChannelSink): ChannelSink {
    this.#sink = sink;
    return {
      frame: (flags, payload) => this.#read(flags, payload),
      end: () => this.#arrive(() => sink.end()),
      malformed: (error) => this.#arrive(() => sink.malformed(error)),
      stopped: (code) => {
        if (!this.#over) sink.stopped(code);
      },
      closed: (error) => this.#lose(error),
    };
  }

  read(sink: ChannelSink): void {
    this.#inner.read(this.sinkFor(sink));
  }

  send(flags: number, payload: Uint8Array, end = false): boolean {
    if (this.#over) return true;
    const frame = this.#sentFrames;
    this.#sentFrames += 1;
    const action = this.#isCut("out")
      ? undefined
      : this.connection.decide(this.#outward, this.#stream, frame)?.do;
    if (action === "drop") this.#outCut = true;
    if (this.#isCut("out")) {
      this.#lostBytes += payload.length;
      return this.#lostBytes < WINDOW_BYTES;
    }
    let ready = true;
    this.#apply(action, this.#out, flags, payload, (sentFlags, sent, last) => {
      ready = this.#inner.send(sentFlags, sent, end && last);
    });
    return ready && this.#out.bytes < WINDOW_BYTES;
  }

  end(): void {
    if (this.#over || this.#isCut("out")) return;
    if (this.#out.idle) this.#inner.end();
    else this.#out.add(() => this.#inner.end(), 0, 0);
  }

  measureUnsent(): Promise<number> {
    return this.#inner.measureUnsent?.() ?? Promise.resolve(0);
  }

  drained(): Promise<void> {
    if (this.#over) return Promise.resolve();
    if (this.#out.bytes < WINDOW_BYTES && this.#lostBytes < WINDOW_BYTES) {
      return this.#inner.drained();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  pause(): void {
    this.#paused = true;
    this.#in.hold();
    this.#inner.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#in.go();
    if (this.#in.idle) this.#resumeInner();
  }

  reset(code: number): void {
    this.#finish();
    this.#inner.reset(code);
  }

  stop(code: number): void {
    this.#inCut = true;
    this.#endLost = true;
    this.#in.clear();
    this.#inner.stop(code);
  }

  #isCut(way: "in" | "out"): boolean {
    const cut = way === "in" ? this.#inCut : this.#outCut;
    return cut || this.connection.isCut(way === "in" ? this.#inward : this.#outward);
  }

  #read(flags: number, payload: Uint8Array): void {
    if (this.#over) return;
    const frame = this.#readFrames;
    this.#readFrames += 1;
    const action = this.#isCut("in")
      ? undefined
      : this.connection.decide(this.#inward, this.#stream, frame)?.do;
    if (action === "drop") this.#inCut = true;
    if (this.#isCut("in")) {
      this.#loseEnd();
      return;
    }
    this.#apply(action, this.#in, flags, payload, (readFlags, read) => {
      if (!this.#over) this.#sink?.frame(readFlags, read);
    });
    if (this.#in.bytes >= WINDOW_BYTES) this.#inner.pause();
  }

  /** Passes on the end of the input, after the frames before it. */
  #arrive(pass: () => void): void {
    if (this.#over) return;
    if (this.#isCut("in")) this.#loseEnd();
    else if (this.#in.idle) pass();
    else this.#in.add(() => this.#guarded(pass), 0, 0);
  }

  /** The reader of a cut direction sees no end of the channel before that of the connection. */
  #loseEnd(): void {
    if (this.#endLost) return;
    this.#endLost = true;
    void this.connection.closed.then((error) => this.#lose(error));
  }

  #apply(
    action: FaultAction | undefined,
    line: DelayLine,
    flags: number,
    payload: Uint8Array,
    pass: (flags: number, payload: Uint8Array, last: boolean) => void,
  ): void {
    if (action === "reset") {
      this.#resetBoth();
      return;
    }
    const delayMs = typeof action === "object" ? action.delayMs : 0;
    const kept = action === "truncate" ? payload.subarray(0, payload.length >> 1) : payload;
    if (action === "duplicate") this.#queue(line, flags, kept, 0, (f, p) => pass(f, p, false));
    this.#queue(line, flags, kept, delayMs, (f, p) => pass(f, p, true));
  }

  /** Delayed frames are copied, because the transport reuses the memory of a frame. */
  #queue(line: DelayLine, flags: number, payload: Uint8Array, delayMs: number, pass: Pass): void {
    if (line.idle && delayMs === 0) {
      pass(flags, payload);
      return;
    }
    const copy = payload.slice();
    line.add(() => this.#guarded(() => pass(flags, copy)), copy.length, delayMs);
  }

  /** A sink that throws loses its channel, as it does on a transport. */
  #guarded(pass: () => void): void {
    try {
      pass();
    } catch {
      this.reset(ResetCode.InternalError);
    }
  }

  #resetBoth(): void {
    const code = ResetCode.InternalError;
    this.#inner.reset(code);
    const text = `the peer reset the channel with code ${code}`;
    // sinks are never called inside a call of their user
    soon(() => this.#lose(new TransportError("reset", text, { applicationCode: code })));
  }

  #lose(error: TransportError): void {
    if (this.#over) return;
    this.#finish();
    this.#sink?.closed(error);
  }

  #finish(): void {
    this.#over = true;
    this.#in.clear();
    this.#out.clear();
    this.#wake();
  }

  /** The delayed frames have been sent. */
  #outDrained(): void {
    if (this.#lostBytes >= WINDOW_BYTES) return;
    void this.#inner.drained().then(() => this.#wake());
  }

  /** The delayed frames have been delivered. */
  #resumeInner(): void {
    if (!this.#paused && !this.#over) this.#inner.resume();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
