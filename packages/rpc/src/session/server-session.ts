import {
  type Channel,
  type ChannelSink,
  FrameFlag,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import { RpcError } from "../error.ts";
import { encodeFailure } from "../protocol/status-trailer.ts";
import { RpcReason } from "../reason.ts";
import { brokenInput, drainingError } from "../server/errors.ts";
import { checkHeaderSize } from "../server/opened-header.ts";
import type { Route } from "../server/route.ts";
import { ServerCall } from "../server/server-call.ts";
import type { ServerConnection } from "../server/server-connection.ts";
import type { ServerCore } from "../server/server-core.ts";
import { StatusCode } from "../status.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { AnswerChannel, type AnswerObserver } from "./answer-channel.ts";
import { SessionCalls, type SessionCallsObserver, type SessionHeader } from "./session-calls.ts";
import { SessionInstance } from "./session-instance.ts";
import { expectedCall, type Input, overtaken, wrongEnd } from "./session-protocol.ts";
import { SessionReader } from "./session-reader.ts";

const nothing = new Uint8Array(0);
const cancelled = new RpcError(StatusCode.CANCELLED, "cancelled");

/**
 * One session on the server (docs/wire.md, "Sessions"): a stream, an instance of the service, and
 * one call at a time.
 *
 * `ServerConnection` creates it when a header opens a session. It reads the frames of the stream
 * and makes a `ServerCall` for each CALL, on an {@link AnswerChannel} in place of a stream of its
 * own. It ends with the stream, at a drain, after the idle timeout or at a frame that breaks the
 * rules; then it closes the instance, once its last handler has returned.
 */
export class ServerSession implements ChannelSink, Timed, AnswerObserver, SessionCallsObserver {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  readonly reader: SessionReader;
  readonly #core: ServerCore;
  readonly #owner: ServerConnection;
  readonly #channel: Channel;
  readonly #header: SessionHeader;
  readonly #instance: SessionInstance;
  readonly #calls: SessionCalls;
  /** The current call, until its trailer was sent and its handler has returned. */
  #call: ServerCall | undefined;
  #answer: AnswerChannel;
  #input: Input = "none";
  /** A CALL that came before the handler of the previous call has returned. */
  #kept: Uint8Array | undefined;
  /** The current call ends the session. */
  #broken = false;
  #draining = false;
  #over = false;
  #inputEnded = false;

  /** Creates the instance. Throws INTERNAL, without the reason, when that fails. */
  constructor(owner: ServerConnection, channel: Channel, header: SessionHeader) {
    this.#owner = owner;
    this.#core = owner.core;
    this.#channel = channel;
    this.#header = header;
    this.reader = new SessionReader(channel);
    this.#answer = new AnswerChannel(channel, this);
    this.#answer.mute();
    this.#instance = new SessionInstance(owner, header.service);
    this.#calls = new SessionCalls(owner, header, this.#instance.instance, this);
    this.#core.sessions.startIdle(this);
  }

  frame(flags: number, payload: Uint8Array): void {
    if (this.#over) return;
    if ((flags & FrameFlag.Cancel) !== 0) this.#cancel();
    else if ((flags & FrameFlag.Call) !== 0) this.#overtake(payload);
    else if (this.#answer.over) this.#leftover(flags);
    else if (this.#input === "none") this.#fail(expectedCall());
    else if ((flags & FrameFlag.Trailer) !== 0) this.#endInput(flags, payload);
    else this.#request(flags, payload);
  }

  value(message: unknown): void {
    if (this.#over) return;
    if (this.#answer.over) this.#leftover(0);
    else if (this.#input === "none") this.#fail(expectedCall());
    else this.#requestValue(message);
  }

  end(): void {
    this.#inputEnded = true;
    if (this.#over) {
      this.#core.sweep.remove(this);
      return;
    }
    if (!this.#answer.over) this.#channel.send(FrameFlag.Trailer, this.#trailer(cancelled));
    this.#leave((call) => call.stopped(ResetCode.Cancelled));
    this.#channel.end();
  }

  malformed(error: TransportError): void {
    this.#inputEnded = true;
    if (error.code !== "limit") this.#owner.countReset();
    if (this.#over) this.#core.sweep.remove(this);
    else this.#fail(brokenInput(error, this.#core.limits));
  }

  stopped(): void {
    if (this.#over) return;
    this.#owner.countReset();
    this.#inputEnded = true;
    this.#leave((call) => call.stopped(ResetCode.Cancelled));
    this.#channel.reset(ResetCode.Cancelled);
  }

  closed(error: TransportError): void {
    if (error.code === "reset") this.#owner.countReset();
    this.#inputEnded = true;
    if (this.#over) this.#core.sweep.remove(this);
    else this.#leave((call) => call.stopped(ResetCode.Cancelled));
  }

  /**
   * Called by the sweeps: at the idle timeout, and when the caller does not end its half after the
   * end of the session.
   */
  expired(): void {
    if (this.#over) {
      this.#channel.stop(ResetCode.NoError);
      return;
    }
    const { sessionIdleMs } = this.#core.limits;
    const text = `the session was closed after ${sessionIdleMs} ms without a call`;
    this.#fail(
      new RpcError(StatusCode.UNAVAILABLE, text, { details: { reason: RpcReason.SESSION_IDLE } }),
    );
  }

  /** Ends the session and its running call with an error. No-op when it has ended. */
  endWith(error: RpcError): void {
    if (!this.#over) this.#fail(error);
  }

  /** Closes the session, after the call that runs. */
  drain(): void {
    if (this.#over) return;
    this.#draining = true;
    if (this.#call === undefined) this.#fail(drainingError());
  }

  called(route: Route): void {
    this.#input = route.streamsRequests ? "many" : "one";
    this.#answer.streams = route.streamsResponses;
  }

  stalled(): void {
    this.#inputEnded = true;
    this.#channel.reset(ResetCode.Cancelled);
    if (!this.#over) this.#leave((call) => call.stopped(ResetCode.Cancelled));
  }

  broken(): void {
    this.#broken = true;
  }

  returned(): void {
    this.#settle();
  }

  conclude(trailer: Uint8Array | undefined): void {
    if (this.#over) {
      this.#settle();
      return;
    }
    if (this.#broken) {
      this.#channel.send(FrameFlag.Trailer, trailer ?? nothing, true);
      this.#leave(() => {});
      return;
    }
    if (trailer !== undefined) this.#send(trailer);
    this.#settle();
  }

  concludeCancelled(): void {
    this.conclude(this.#trailer(cancelled));
  }

  #overtake(payload: Uint8Array): void {
    if (!this.#answer.over) {
      this.#call?.endWith(overtaken(this.#input, this.#answer.streams));
    }
    if (this.#over) return;
    if (this.#call === undefined) this.#begin(payload);
    else this.#keep(payload);
  }

  /** Calls of a session do not overlap: this one waits here, and its frames in the channel. */
  #keep(payload: Uint8Array): void {
    try {
      checkHeaderSize(payload, this.#core.limits);
      this.#owner.budget.take(payload.length);
    } catch (error) {
      this.#fail(RpcError.from(error));
      return;
    }
    this.#kept = payload.slice();
    this.reader.pause();
  }

  /** Takes back the CALL that waited, if there is one. */
  #takeKept(): Uint8Array | undefined {
    const kept = this.#kept;
    if (kept === undefined) return undefined;
    this.#kept = undefined;
    this.#owner.budget.free(kept.length);
    this.reader.resume();
    return kept;
  }

  #begin(payload: Uint8Array): void {
    this.#input = "none";
    this.#core.sessions.stopIdle(this);
    this.#answer = new AnswerChannel(this.#channel, this);
    const call = new ServerCall(this.#calls, this.#answer);
    this.#call = call;
    call.frame(FrameFlag.Call, payload);
    this.#settle();
  }

  #cancel(): void {
    this.#input = "none";
    if (this.#answer.over) this.#send(this.#trailer(cancelled));
    else this.#call?.stopped(ResetCode.Cancelled);
  }

  #request(flags: number, payload: Uint8Array): void {
    const call = this.#call as ServerCall;
    const last = this.#input === "one" && (flags & FrameFlag.RowSchema) === 0;
    if (last) this.#input = "none";
    call.frame(flags, payload);
    if (last) call.end();
  }

  #requestValue(message: unknown): void {
    const call = this.#call as ServerCall;
    const last = this.#input === "one";
    if (last) this.#input = "none";
    call.value(message);
    if (last) call.end();
  }

  #endInput(flags: number, payload: Uint8Array): void {
    const call = this.#call as ServerCall;
    const input = this.#input;
    this.#input = "none";
    if (input === "one") {
      call.frame(flags, payload);
      return;
    }
    const error = this.#answer.streams ? undefined : wrongEnd(payload, this.#core.limits);
    if (error === undefined) call.end();
    else call.endWith(error);
  }

  /**
   * Drops the late requests of a call that has ended. Any other frame without a call ends the
   * session.
   */
  #leftover(flags: number): void {
    if (this.#input === "none") this.#fail(expectedCall());
    else if (this.#input === "one") {
      if ((flags & FrameFlag.RowSchema) === 0) this.#input = "none";
    } else if ((flags & FrameFlag.Trailer) !== 0) this.#input = "none";
  }

  /**
   * Goes on with the next call when the current one has sent its trailer and its handler has
   * returned.
   */
  #settle(): void {
    const call = this.#call;
    if (call === undefined || !this.#answer.over || this.#calls.handling) return;
    this.#call = undefined;
    // ends its wait for further frames
    call.end();
    if (this.#over) {
      this.#close();
      return;
    }
    const kept = this.#takeKept();
    if (this.#draining) this.#fail(drainingError());
    else if (kept !== undefined) this.#begin(kept);
    else this.#core.sessions.startIdle(this);
  }

  #send(trailer: Uint8Array): void {
    if (!this.#channel.send(FrameFlag.Trailer, trailer)) this.reader.waitForDrain();
  }

  #trailer(error: RpcError): Uint8Array {
    return encodeFailure(error, this.#calls.form, this.#core.limits);
  }

  /** Ends the session with a trailer. */
  #fail(error: RpcError): void {
    this.#channel.send(FrameFlag.Trailer, this.#trailer(error), true);
    this.#leave((call) => call.endWith(error));
  }

  /** Ends the session; `end` ends the current call, whose result is not sent any more. */
  #leave(end: (call: ServerCall) => void): void {
    this.#core.sessions.stopIdle(this);
    this.#over = true;
    this.#takeKept();
    if (!this.#answer.over && this.#call !== undefined) end(this.#call);
    if (this.#call === undefined) this.#close();
    // further frames are dropped for a while, because a caller that is still sending has to read
    // the trailer
    if (!this.#inputEnded) this.#core.sweep.add(this);
  }

  /** Closes the instance, after the last handler has returned. */
  #close(): void {
    this.#instance.close(() => this.#owner.forget(this, this.#header.service));
  }
}
