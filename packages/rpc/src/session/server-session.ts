import {
  type Channel,
  type ChannelSink,
  FrameFlag,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import { RpcError } from "../error.ts";
import { encodeFailure } from "../protocol/status-trailer.ts";
import type { HostedService } from "../server/hosted-service.ts";
import type { Route } from "../server/route.ts";
import { drainingError, type Server } from "../server/server.ts";
import { ServerCall } from "../server/server-call.ts";
import type { ServerConnection } from "../server/server-connection.ts";
import { StatusCode } from "../status.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { AnswerChannel, type AnswerRoom } from "./answer-channel.ts";
import { expectedCall, type Input, overtaken } from "./call-order.ts";
import { wrongEnd } from "./input-end.ts";
import { SessionCalls, type SessionCallsObserver } from "./session-calls.ts";
import { SessionInstance } from "./session-instance.ts";
import { SessionReader } from "./session-reader.ts";

const nothing = new Uint8Array(0);
const cancelled = new RpcError(StatusCode.CANCELLED, "cancelled");

/**
 * One session as the server sees it (docs/wire.md, "Sessions"): a stream, an instance of the service, and one call at a time.
 *
 * The calls are those of shared services, on an {@link AnswerChannel} in place of a stream of their own.
 */
export class ServerSession implements ChannelSink, Timed, AnswerRoom, SessionCallsObserver {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  readonly reader: SessionReader;
  readonly #server: Server;
  readonly #owner: ServerConnection;
  readonly #channel: Channel;
  readonly #service: HostedService;
  readonly #instance: SessionInstance;
  readonly #calls: SessionCalls;
  /** The call that is under way, until its handler has returned too. */
  #call: ServerCall | undefined;
  #answer: AnswerChannel;
  #input: Input = "none";
  /** A CALL that came while the handler of the call before had not returned. */
  #kept: Uint8Array | undefined;
  #draining = false;
  #over = false;
  #inputEnded = false;

  /** Makes the instance. Throws INTERNAL, without a word about why, when that fails. */
  constructor(owner: ServerConnection, channel: Channel, service: HostedService, mode: string) {
    this.#owner = owner;
    this.#server = owner.server;
    this.#channel = channel;
    this.#service = service;
    this.reader = new SessionReader(channel);
    this.#answer = new AnswerChannel(channel, this);
    this.#answer.mute();
    this.#instance = new SessionInstance(owner, service);
    const { instance } = this.#instance;
    this.#calls = new SessionCalls({ owner, service, mode, instance }, this);
    this.#server.sessions.waits(this);
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
      this.#server.sweep.remove(this);
      return;
    }
    if (!this.#answer.over) this.#channel.send(FrameFlag.Trailer, this.#trailer(cancelled));
    this.#leave((call) => call.stopped(ResetCode.Cancelled));
    this.#channel.end();
  }

  malformed(error: TransportError): void {
    this.#inputEnded = true;
    if (this.#over) this.#server.sweep.remove(this);
    else this.#fail(new RpcError(StatusCode.INTERNAL, error.message, { cause: error }));
  }

  stopped(): void {
    if (this.#over) return;
    this.#inputEnded = true;
    this.#leave((call) => call.stopped(ResetCode.Cancelled));
    this.#channel.reset(ResetCode.Cancelled);
  }

  closed(error: TransportError): void {
    if (error.code === "reset") this.#owner.countReset();
    this.#inputEnded = true;
    if (this.#over) this.#server.sweep.remove(this);
    else this.#leave((call) => call.stopped(ResetCode.Cancelled));
  }

  /** Of the sweeps: no call came for long, or the caller goes on after the end. */
  expired(): void {
    if (this.#over) {
      this.#channel.stop(ResetCode.NoError);
      return;
    }
    const { sessionIdleMs } = this.#server.limits;
    const text = `the session was closed after ${sessionIdleMs} ms without a call`;
    this.#fail(new RpcError(StatusCode.UNAVAILABLE, text, { details: { reason: "session.idle" } }));
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

  returned(): void {
    this.#settle();
  }

  conclude(trailer: Uint8Array | undefined): void {
    if (this.#over) {
      this.#settle();
      return;
    }
    if (this.#calls.fatal) {
      this.#channel.send(FrameFlag.Trailer, trailer ?? nothing, true);
      this.#leave(() => {});
      return;
    }
    if (trailer !== undefined) this.#say(trailer);
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
    else {
      // calls of a session do not overlap: this one waits here, and what follows it in the channel
      this.#kept = payload.slice();
      this.reader.pause();
    }
  }

  #begin(payload: Uint8Array): void {
    this.#input = "none";
    this.#server.sessions.woke(this);
    this.#answer = new AnswerChannel(this.#channel, this);
    const call = new ServerCall(this.#calls, this.#answer);
    this.#call = call;
    call.frame(FrameFlag.Call, payload);
    this.#settle();
  }

  #cancel(): void {
    this.#input = "none";
    if (this.#answer.over) this.#say(this.#trailer(cancelled));
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
    const error = this.#answer.streams ? undefined : wrongEnd(payload, this.#server.limits);
    if (error === undefined) call.end();
    else call.endWith(error);
  }

  /** What was under way when its call ended is passed over; nothing else may come without a call. */
  #leftover(flags: number): void {
    if (this.#input === "none") this.#fail(expectedCall());
    else if (this.#input === "one") {
      if ((flags & FrameFlag.RowSchema) === 0) this.#input = "none";
    } else if ((flags & FrameFlag.Trailer) !== 0) this.#input = "none";
  }

  /** Goes on when the caller knows how the call ended and its handler has returned. */
  #settle(): void {
    const call = this.#call;
    if (call === undefined || !this.#answer.over || this.#calls.handling) return;
    this.#call = undefined;
    // so that it does not wait for more
    call.end();
    if (this.#over) {
      this.#close();
      return;
    }
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) this.reader.resume();
    if (this.#draining) this.#fail(drainingError());
    else if (kept !== undefined) this.#begin(kept);
    else this.#server.sessions.waits(this);
  }

  #say(trailer: Uint8Array): void {
    if (!this.#channel.send(FrameFlag.Trailer, trailer)) this.reader.waitForRoom();
  }

  #trailer(error: RpcError): Uint8Array {
    return encodeFailure(error, this.#calls.form, this.#server.limits);
  }

  /** Ends the session with a last word. */
  #fail(error: RpcError): void {
    this.#channel.send(FrameFlag.Trailer, this.#trailer(error), true);
    this.#leave((call) => call.endWith(error));
  }

  /** Ends the session; `end` ends the call that runs, of which nothing more is said. */
  #leave(end: (call: ServerCall) => void): void {
    this.#server.sessions.woke(this);
    this.#over = true;
    if (this.#kept !== undefined) this.reader.resume();
    this.#kept = undefined;
    if (!this.#answer.over && this.#call !== undefined) end(this.#call);
    if (this.#call === undefined) this.#close();
    // what the caller still sends is dropped for a while, so that it comes to read how its session ended
    if (!this.#inputEnded) this.#server.sweep.add(this);
  }

  /** Nothing runs any more: the instance is told, once. */
  #close(): void {
    this.#instance.close(() => this.#owner.forget(this, this.#service));
  }
}
