import type { MethodPattern } from "@aster/contract";
import { type Channel, type Connection, FrameFlag } from "@aster/transport";
import type { CallSink } from "../client/call-target.ts";
import { passMessage } from "../message/message-codec.ts";
import { okTrailers } from "../protocol/status-trailer.ts";
import type { ProtocolForm } from "../protocol/structs.ts";

/** What a {@link CallChannel} needs of its session. */
export interface CallTurns {
  readonly channel: Channel;
  readonly form: ProtocolForm;
  /** Begins the call at once if none is under way, or keeps it for later, or refuses it. */
  join(call: CallChannel, header: Uint8Array): void;
  /** The caller has given the call up. */
  leave(call: CallChannel): void;
}

/** A frame, or a value in place of one, of a call that waits for its turn. */
type Kept = { readonly flags: number; readonly payload: Uint8Array } | { readonly value: unknown };

/**
 * The channel of one call inside a session, as its caller has it. Calls are made as on streams of their own; this says it as
 * sessions do: with CALL and CANCEL, one at a time.
 */
export class CallChannel implements Channel {
  readonly sink: CallSink;
  readonly pattern: MethodPattern;
  readonly #turns: CallTurns;
  #state: "new" | "waiting" | "running" | "over" = "new";
  #kept: Kept[] = [];
  #ended = false;
  #paused = false;
  #room: (() => void)[] = [];

  constructor(sink: CallSink, turns: CallTurns) {
    this.sink = sink;
    this.pattern = sink.pattern;
    this.#turns = turns;
  }

  get connection(): Connection {
    return this.#turns.channel.connection;
  }

  /** Whether one response is all, and needs no trailer. */
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
      this.#turns.join(this, payload);
      return true;
    }
    if (this.#state === "running") return this.#turns.channel.send(flags, payload);
    this.#kept.push({ flags, payload: payload.slice() });
    return false;
  }

  sendValue(value: unknown): boolean {
    if (this.#state === "over") return true;
    if (this.#state === "running") return passMessage(this.#turns.channel, value);
    this.#kept.push({ value });
    return false;
  }

  end(): void {
    if (this.#state === "over" || this.#ended) return;
    this.#ended = true;
    if (this.#state === "running") this.#endInput();
  }

  drained(): Promise<void> {
    if (this.#state === "running") return this.#turns.channel.drained();
    if (this.#state === "over") return Promise.resolve();
    return new Promise((resolve) => this.#room.push(resolve));
  }

  pause(): void {
    if (this.#state !== "running" || this.#paused) return;
    this.#paused = true;
    this.#turns.channel.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#turns.channel.resume();
  }

  reset(): void {
    if (this.#state !== "over") this.#turns.leave(this);
  }

  /** It is this call's turn. */
  begin(header: Uint8Array): void {
    this.#state = "running";
    const { channel } = this.#turns;
    channel.send(FrameFlag.Call, header);
    for (const kept of this.#kept) {
      if ("value" in kept) passMessage(channel, kept.value);
      else channel.send(kept.flags, kept.payload);
    }
    this.#kept = [];
    if (this.#ended) this.#endInput();
    this.#giveRoom();
  }

  /** Nothing of this call is sent any more, and nothing that comes is its. */
  finish(): void {
    this.#state = "over";
    this.#kept = [];
    this.resume();
    this.#giveRoom();
  }

  // a session reads its stream itself
  read(): void {}
  stop(): void {}

  #endInput(): void {
    if (this.pattern === "unary" || this.pattern === "server_stream") return;
    this.#turns.channel.send(FrameFlag.Trailer, okTrailers[this.#turns.form]);
  }

  #giveRoom(): void {
    for (const resolve of this.#room.splice(0)) resolve();
  }
}
