import { signal } from "@preact/signals";
import type { CallMessage, ErrorView, Pattern } from "../protocol.ts";
import { bridge } from "./bridge.ts";
import { ReplyLog } from "./reply-log.ts";

/** The replies that may be on their way. Half of them are granted again at a time. */
const CREDIT = 256;
const MOST_SENT = 1000;

export type CallState = "running" | "ok" | "failed";

/** The choices of the user for one call. */
export interface CallChoice {
  readonly service: string;
  readonly method: string;
  readonly pattern: Pattern;
  readonly session: number | undefined;
  /** JSON; absent for a stream of requests. */
  readonly request: string | undefined;
  readonly metadata: CallMessage["metadata"];
  readonly timeoutMs: number | undefined;
}

export const streamsRequests = (pattern: Pattern): boolean =>
  pattern === "client_stream" || pattern === "bidi_stream";
export const streamsReplies = (pattern: Pattern): boolean =>
  pattern === "server_stream" || pattern === "bidi_stream";

/** A call of this page, while it runs and afterwards. */
export class Call {
  readonly id: number;
  readonly choice: CallChoice;
  /** The address of the peer that was called. */
  readonly address: string;
  readonly startedAtMs = Date.now();
  readonly state = signal<CallState>("running");
  readonly error = signal<ErrorView | undefined>(undefined);
  readonly durationMs = signal(0);
  readonly paused = signal(false);
  /** The requests are ended. */
  readonly halfClosed = signal(false);
  /** The requests of the stream, the first ones only. */
  readonly sent = signal<readonly string[]>([]);
  readonly sentTotal = signal(0);
  /** The requests that the call has not taken. */
  readonly waiting = signal(0);
  /** The reason why a request was not sent. */
  readonly refusal = signal<ErrorView | undefined>(undefined);
  readonly replies = new ReplyLog();
  #ungranted = 0;

  constructor(id: number, choice: CallChoice, address: string) {
    this.id = id;
    this.choice = choice;
    this.address = address;
  }

  get isRunning(): boolean {
    return this.state.value === "running";
  }

  begin(): void {
    const { choice, id } = this;
    const { session, request, timeoutMs, metadata, ...names } = choice;
    const message: CallMessage = {
      type: "call",
      id,
      ...names,
      metadata,
      credit: CREDIT,
      ...(session !== undefined && { session }),
      ...(request !== undefined && { request }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
    bridge.send(message);
  }

  /** Sends a request of the stream. */
  send(request: string): void {
    this.refusal.value = undefined;
    this.sentTotal.value += 1;
    if (this.sent.value.length < MOST_SENT) this.sent.value = [...this.sent.value, request];
    this.waiting.value += 1;
    bridge.send({ type: "send", id: this.id, request });
  }

  /** Ends the requests of a stream, and cancels the call where they are ended already. */
  stop(): void {
    if (streamsRequests(this.choice.pattern) && !this.halfClosed.value) {
      this.halfClosed.value = true;
      bridge.send({ type: "end", id: this.id });
      // a paused call would not end
      if (this.paused.value) this.setPaused(false);
    } else bridge.send({ type: "cancel", id: this.id });
  }

  setPaused(paused: boolean): void {
    this.paused.value = paused;
    this.#grant();
  }

  addReply(text: string): void {
    this.replies.add(text);
    this.#ungranted += 1;
    if (this.#ungranted >= CREDIT / 2) this.#grant();
  }

  taken(): void {
    this.waiting.value -= 1;
  }

  refused(error: ErrorView): void {
    this.waiting.value -= 1;
    this.sentTotal.value -= 1;
    if (this.sent.value.length > this.sentTotal.value)
      this.sent.value = this.sent.value.slice(0, -1);
    this.refusal.value = error;
  }

  finish(durationMs: number, error: ErrorView | undefined): void {
    this.durationMs.value = durationMs;
    this.error.value = error;
    this.waiting.value = 0;
    this.paused.value = false;
    this.state.value = error === undefined ? "ok" : "failed";
  }

  #grant(): void {
    bridge.send({ type: "flow", id: this.id, credit: this.#ungranted, paused: this.paused.value });
    this.#ungranted = 0;
  }
}
