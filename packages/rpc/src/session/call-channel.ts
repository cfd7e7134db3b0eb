import type { MethodPattern } from "@aster/contract";
import { type Channel, type Connection, FrameFlag } from "@aster/transport";
import type { CallSink } from "../client/call-target.ts";
import { passMessage } from "../message/message-codec.ts";
import { okTrailers } from "../protocol/status-trailer.ts";
import type { ProtocolForm } from "../protocol/structs.ts";

/** The session of a {@link CallChannel}: it runs one call at a time. */
export interface CallScheduler {
  readonly channel: Channel;
  readonly form: ProtocolForm;
  /** Begins the call at once, adds it to the queue, or refuses it. */
  schedule(call: CallChannel, header: Uint8Array): void;
  /** The caller cancelled the call. */
  cancel(call: CallChannel): void;
}

/** A frame, or a value in place of one, of a call that waits for its turn. */
type Kept = { readonly flags: number; readonly payload: Uint8Array } | { readonly value: unknown };

/**
 * The channel of one call inside a session, on the client.
 *
 * A client call sends frames as if it had a stream of its own. This class translates them to the
 * rules of sessions: CALL and CANCEL frames, one call at a time. A `ClientSession` creates one per
 * call; it is over when `finish` was called.
 */
export class CallChannel implements Channel {
  readonly sink: CallSink;
  readonly pattern: MethodPattern;
  readonly #session: CallScheduler;
  #state: "new" | "waiting" | "running" | "over" = "new";
  #kept: Kept[] = [];
  #ended = false;
  #paused = false;
  #onDrained: (() => void)[] = [];

  constructor(sink: CallSink, session: CallScheduler) {
    this.sink = sink;
    this.pattern = sink.pattern;
    this.#session = session;
  }

  get connection(): Connection {
    return this.#session.channel.connection;
  }

  /** The call has a single response, which needs no trailer. */
  get answersOnce(): boolean {
    return this.pattern === "unary" || this.pattern === "client_stream";
  }

  get running(): boolean {
    return this.#state === "running";
  }

  send(flags: number, payload: Uint8Array): boolean {
    if (this.#state === "over") return true;
    if (this.#state === "new") {
      this.#state = "waiting";
      this.#session.schedule(this, payload);
      return true;
    }
    if (this.#state === "running") return this.#session.channel.send(flags, payload);
    this.#kept.push({ flags, payload: payload.slice() });
    return false;
  }

  sendValue(value: unknown): boolean {
    if (this.#state === "over") return true;
    if (this.#state === "running") return passMessage(this.#session.channel, value);
    this.#kept.push({ value });
    return false;
  }

  end(): void {
    if (this.#state === "over" || this.#ended) return;
    this.#ended = true;
    if (this.#state === "running") this.#endInput();
  }

  drained(): Promise<void> {
    if (this.#state === "running") return this.#session.channel.drained();
    if (this.#state === "over") return Promise.resolve();
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  pause(): void {
    if (this.#state !== "running" || this.#paused) return;
    this.#paused = true;
    this.#session.channel.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#session.channel.resume();
  }

  reset(): void {
    if (this.#state !== "over") this.#session.cancel(this);
  }

  /** Sends CALL and the frames that were kept. */
  begin(header: Uint8Array): void {
    this.#state = "running";
    const { channel } = this.#session;
    channel.send(FrameFlag.Call, header);
    for (const kept of this.#kept) {
      if ("value" in kept) passMessage(channel, kept.value);
      else channel.send(kept.flags, kept.payload);
    }
    this.#kept = [];
    if (this.#ended) this.#endInput();
    this.#resolveDrained();
  }

  /** Ends the call: it sends nothing more, and the next frame does not belong to it. */
  finish(): void {
    this.#state = "over";
    this.#kept = [];
    this.resume();
    this.#resolveDrained();
  }

  // the session reads the stream
  read(): void {}
  stop(): void {}

  #endInput(): void {
    if (this.pattern === "unary" || this.pattern === "server_stream") return;
    this.#session.channel.send(FrameFlag.Trailer, okTrailers[this.#session.form]);
  }

  #resolveDrained(): void {
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }
}
