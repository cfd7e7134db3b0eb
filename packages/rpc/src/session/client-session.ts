import {
  type Channel,
  type ChannelSink,
  type Connection,
  type EndpointId,
  FrameFlag,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import { lostError, unexpectedFrame } from "../client/call-failure.ts";
import type { CallOpener, CallSink, Renewal } from "../client/call-target.ts";
import { RpcError } from "../error.ts";
import { decodeTrailer, okTrailers } from "../protocol/status-trailer.ts";
import type { ProtocolForm } from "../protocol/structs.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import { CallChannel, type CallTurns } from "./call-channel.ts";
import { CancelWait } from "./cancel-wait.ts";
import { breaksSession, leftError, overError } from "./session-failure.ts";
import { type SessionOpening, sessionHeader } from "./session-opening.ts";
import { WaitingCalls } from "./waiting-calls.ts";

const UNEXPECTED_FLAGS = FrameFlag.Header | FrameFlag.Call | FrameFlag.Cancel;
const nothing = new Uint8Array(0);

/** One session as its client sees it (docs/wire.md, "Sessions"): calls are made one after the other, in the order they came. */
export class ClientSession implements ChannelSink, Timed, CallOpener, CallTurns {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  readonly peer: EndpointId;
  readonly isSession = true;
  readonly form: ProtocolForm;
  readonly channel: Channel;
  /** Fulfils once, with why the session ended, `undefined` when it was closed here; never rejects. */
  readonly ending: Promise<RpcError | undefined>;
  readonly #connection: Connection & Renewal;
  readonly #parts: SessionOpening;
  readonly #cancelled: CancelWait;
  #settle: (reason: RpcError | undefined) => void = () => {};
  #running: CallChannel | undefined;
  readonly #waiting = new WaitingCalls();
  /** The server reads no more. */
  #deaf = false;
  #begun = false;
  #finishing = false;
  #over = false;
  #reason: RpcError | undefined;

  /** Opens the stream and names the service; the server answers only if it refuses. */
  constructor(connection: Connection & Renewal, parts: SessionOpening) {
    this.peer = connection.peer;
    this.form = parts.form;
    this.#connection = connection;
    this.#parts = parts;
    this.#cancelled = new CancelWait(connection, parts.cancelTimeoutMs);
    this.ending = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.channel = connection.open(this);
    this.channel.send(FrameFlag.Header, sessionHeader(parts));
  }

  open(sink: CallSink): Channel {
    return new CallChannel(sink, this);
  }

  /** Ends the session: calls that run or wait end with CANCELLED. Harmless when it is over. */
  close(): void {
    if (this.#over) return;
    if (this.#running !== undefined) this.channel.send(FrameFlag.Cancel, nothing);
    const text = "the session was closed by its client";
    this.#end(undefined, new RpcError(StatusCode.CANCELLED, text));
    this.#hangUp();
  }

  /** Closes the session as soon as no call runs or waits, and takes no new ones. */
  finish(): void {
    this.#finishing = true;
    this.#next();
  }

  join(call: CallChannel, header: Uint8Array): void {
    if (this.#over || this.#finishing) {
      call.finish();
      // a session that no call was ever made in was refused
      const refused = this.#begun ? undefined : this.#reason;
      call.sink.refuse(refused ?? overError(this.#reason));
      return;
    }
    this.#begun = true;
    if (this.#running !== undefined || this.#cancelled.pending) {
      this.#waiting.add(call, header);
      return;
    }
    this.#running = call;
    call.begin(header);
  }

  leave(call: CallChannel): void {
    const { running } = call;
    call.finish();
    if (!running) {
      this.#waiting.remove(call);
      return;
    }
    this.#running = undefined;
    if (this.#over) return;
    this.channel.send(FrameFlag.Cancel, nothing);
    timers.remove(this);
    timers.add(this, this.#cancelled.begin(call.pattern));
  }

  frame(flags: number, payload: Uint8Array): void {
    if (this.#over) return;
    const call = this.#running;
    if ((flags & UNEXPECTED_FLAGS) !== 0) this.#break(unexpectedFrame(flags));
    else if ((flags & FrameFlag.Trailer) !== 0) this.#trailer(call, flags, payload);
    else if (call === undefined) {
      // what was under way when the call was cancelled
      if (!this.#cancelled.pending) this.#break(unexpectedFrame(flags));
    } else if (!call.answersOnce || (flags & FrameFlag.RowSchema) !== 0) {
      call.sink.frame(flags, payload);
    } else {
      this.#finish(call);
      call.sink.frame(flags, payload);
      call.sink.frame(FrameFlag.Trailer, okTrailers[this.form]);
      this.#next();
    }
  }

  value(value: unknown): void {
    if (this.#over) return;
    const call = this.#running;
    if (call === undefined) {
      if (!this.#cancelled.pending) this.#break(unexpectedFrame(0));
    } else if (!call.answersOnce) {
      call.sink.value(value);
    } else {
      this.#finish(call);
      call.sink.value(value);
      call.sink.frame(FrameFlag.Trailer, okTrailers[this.form]);
      this.#next();
    }
  }

  end(): void {
    this.#leave(leftError());
  }

  malformed(error: TransportError): void {
    this.#break(RpcError.from(error));
  }

  stopped(): void {
    if (this.#over) return;
    this.#deaf = true;
    if (this.#running === undefined) this.#leave(leftError());
    else if (this.slot === undefined) {
      // what it still has to say of the call may be under way
      timers.add(this, now() + this.#parts.cancelTimeoutMs);
    }
  }

  closed(error: TransportError): void {
    this.#end(lostError(error, this.#connection));
  }

  /** A cancellation was not answered in time, or the last words of a server that left did not come. */
  expired(): void {
    if (this.#cancelled.settle()) {
      this.#next();
      return;
    }
    const text = this.#deaf
      ? leftError().rawMessage
      : `the server did not answer the cancellation of a call within ${this.#parts.cancelTimeoutMs} ms: the session is given up`;
    const details = { reason: "session.lost" };
    this.#break(new RpcError(StatusCode.UNAVAILABLE, text, { details }));
  }

  #trailer(call: CallChannel | undefined, flags: number, payload: Uint8Array): void {
    const error = decodeTrailer(payload, this.#parts.limits);
    if (call === undefined) {
      this.#uncalled(error);
      return;
    }
    if (error !== undefined && this.#cancelled.belated(error)) {
      const text = "the server answered a cancellation too late: the session is out of step";
      this.#break(new RpcError(StatusCode.UNAVAILABLE, text));
      return;
    }
    this.#finish(call);
    call.sink.frame(flags, payload);
    if (error !== undefined && breaksSession(error)) this.#leave(error);
    else this.#next();
  }

  /** A trailer while no call runs answers a cancellation, or is the server's farewell. */
  #uncalled(error: RpcError | undefined): void {
    if (this.#cancelled.pending) {
      const nextAt = this.#cancelled.answered(error);
      timers.remove(this);
      if (nextAt === undefined) this.#next();
      else timers.add(this, nextAt);
      return;
    }
    if (error !== undefined && this.#cancelled.belated(error)) return;
    if (error?.details.reason === "draining") this.#connection.retire?.(this.channel);
    this.#leave(error ?? leftError());
  }

  #finish(call: CallChannel): void {
    this.#running = undefined;
    call.finish();
    this.#cancelled.inStep();
  }

  #next(): void {
    if (this.#over || this.#running !== undefined || this.#cancelled.pending) return;
    if (this.#deaf) {
      this.#leave(leftError());
      return;
    }
    const next = this.#waiting.next();
    if (next === undefined) {
      if (this.#finishing) this.close();
      return;
    }
    this.#running = next.call;
    next.call.begin(next.header);
  }

  /** The server breaks the rules, or is silent. */
  #break(error: RpcError): void {
    this.#end(error);
    this.channel.reset(ResetCode.Cancelled);
  }

  /** The server has ended the session. */
  #leave(error: RpcError): void {
    this.#end(error);
    this.#hangUp();
  }

  #hangUp(): void {
    this.channel.end();
    this.channel.stop(ResetCode.NoError);
  }

  #end(reason: RpcError | undefined, told: RpcError | undefined = reason): void {
    if (this.#over) return;
    this.#over = true;
    this.#reason = reason;
    timers.remove(this);
    const running = this.#running;
    this.#running = undefined;
    const calls = this.#waiting.take();
    if (running !== undefined) calls.unshift(running);
    for (const call of calls) {
      call.finish();
      call.sink.refuse(told ?? overError(undefined));
    }
    this.#settle(reason);
  }
}
