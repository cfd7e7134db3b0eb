import {
  type Channel,
  type ChannelSink,
  type Connection,
  type EndpointId,
  FrameFlag,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import { lostError, unexpectedFrame, type Wait } from "../client/call-failure.ts";
import type { CallOpener, CallSink, Renewal } from "../client/call-target.ts";
import { HeldCalls } from "../client/held-calls.ts";
import type { JudgedCall } from "../contract-check/judged-call.ts";
import { RpcError } from "../error.ts";
import type { ClientLog } from "../log/client-log.ts";
import { CLIENT_FLAGS } from "../protocol/frame-roles.ts";
import type { WireMode } from "../protocol/mode.ts";
import { decodeTrailer, okTrailers } from "../protocol/status-trailer.ts";
import type { ProtocolForm } from "../protocol/structs.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import { CallChannel, type CallScheduler } from "./call-channel.ts";
import { CancelWait } from "./cancel-wait.ts";
import { breaksSession, leftError, overError } from "./session-failure.ts";
import { cancelTimeoutOf, type SessionOpening, sessionHeader } from "./session-opening.ts";
import { WaitingCalls } from "./waiting-calls.ts";

const nothing = new Uint8Array(0);

/**
 * One session on the client (docs/wire.md, "Sessions"): it runs its calls one after the other, in
 * the order in which they came.
 *
 * `createSession` and the dynamic sessions create it, and make client methods on it as on a
 * connection. Each call gets a {@link CallChannel}; waiting ones are in `#waiting`, the current one
 * is `#running`. It ends once, in `#end`: by `close`, by the server, with the connection, or when
 * the server breaks the protocol.
 */
export class ClientSession implements ChannelSink, Timed, CallOpener, CallScheduler {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  readonly peer: EndpointId;
  readonly isSession = true;
  readonly form: ProtocolForm;
  readonly channel: Channel;
  readonly held: HeldCalls = new HeldCalls();
  /**
   * Resolves with the error that ended the session, or with `undefined` after `close`. Never
   * rejects.
   */
  readonly ending: Promise<RpcError | undefined>;
  readonly #connection: Connection & Renewal;
  readonly #parts: SessionOpening;
  readonly #cancelTimeoutMs: number;
  readonly #cancelled: CancelWait;
  #settle: (reason: RpcError | undefined) => void = () => {};
  #running: CallChannel | undefined;
  readonly #waiting = new WaitingCalls();
  /** The server has stopped reading the stream. */
  #stopped = false;
  #begun = false;
  #finishing = false;
  #over = false;
  #reason: RpcError | undefined;

  /**
   * Opens the stream and sends its header. A server answers the header only if it refuses the
   * session.
   */
  constructor(connection: Connection & Renewal, parts: SessionOpening) {
    this.peer = connection.peer;
    this.form = parts.form;
    this.#connection = connection;
    this.#parts = parts;
    this.#cancelTimeoutMs = cancelTimeoutOf(parts);
    this.#cancelled = new CancelWait(connection, this.#cancelTimeoutMs);
    this.ending = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.channel = connection.open(this);
    this.channel.send(FrameFlag.Header, sessionHeader(parts));
  }

  /** The mode of all calls. */
  get mode(): WireMode {
    return this.#parts.mode;
  }

  refusalOf(call: JudgedCall): RpcError | undefined {
    return this.#connection.refusalOf?.(call);
  }

  open(sink: CallSink): Channel {
    return new CallChannel(sink, this);
  }

  get log(): ClientLog | undefined {
    return this.#connection.log;
  }

  /** The end of earlier calls, or the connection of the session. */
  waitOf(channel: Channel | undefined): Wait | undefined {
    const wait = this.#connection.waitOf?.(this.channel);
    if (wait !== undefined || !(channel instanceof CallChannel) || channel.running) return wait;
    return { place: "while waiting for earlier calls of the session" };
  }

  /** Ends the session: running and waiting calls end with CANCELLED. No-op when it has ended. */
  close(): void {
    if (this.#over) return;
    if (this.#running !== undefined) this.channel.send(FrameFlag.Cancel, nothing);
    const text = "the session was closed by its client";
    this.#end(undefined, new RpcError(StatusCode.CANCELLED, text));
    this.#closeStream();
  }

  /** Refuses new calls and closes the session when no call runs or waits. */
  finish(): void {
    this.#finishing = true;
    this.#next();
  }

  schedule(call: CallChannel, header: Uint8Array): void {
    if (this.#over || this.#finishing) {
      call.finish();
      // a session that ended before its first call was refused by the server
      const refused = this.#begun ? undefined : this.#reason;
      this.#begun = true;
      call.sink.refuse(refused ?? overError(this.#reason), true);
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

  cancel(call: CallChannel): void {
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
    if ((flags & CLIENT_FLAGS) !== 0) this.#break(unexpectedFrame(flags));
    else if ((flags & FrameFlag.Trailer) !== 0) this.#trailer(call, flags, payload);
    else if (call === undefined) {
      // a late message of the cancelled call
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
    this.#stopped = true;
    if (this.#running === undefined) this.#leave(leftError());
    else if (this.slot === undefined) {
      // the rest of the response may still arrive
      timers.add(this, now() + this.#cancelTimeoutMs);
    }
  }

  closed(error: TransportError): void {
    const lost = lostError(error, this.#connection);
    this.#end(lost, lost, error.unprocessed);
  }

  /** A cancellation was not confirmed in time, or a server that stopped reading sent no trailer. */
  expired(): void {
    if (this.#cancelled.settle()) {
      this.#next();
      return;
    }
    const text = this.#stopped
      ? leftError().rawMessage
      : `the server did not confirm the cancellation of a call within ${this.#cancelTimeoutMs} ms; open another session`;
    const details = { reason: RpcReason.SESSION_LOST };
    this.#break(new RpcError(StatusCode.UNAVAILABLE, text, { details }));
  }

  #trailer(call: CallChannel | undefined, flags: number, payload: Uint8Array): void {
    const error = decodeTrailer(payload, this.#parts.limits);
    if (call === undefined) {
      this.#trailerWithoutCall(error);
      return;
    }
    if (error !== undefined && this.#cancelled.isLate(error)) {
      const text = "the server confirmed a cancellation too late; open another session";
      this.#break(new RpcError(StatusCode.UNAVAILABLE, text));
      return;
    }
    this.#finish(call);
    call.sink.frame(flags, payload);
    if (error !== undefined && breaksSession(error)) this.#leave(error);
    else this.#next();
  }

  /** A trailer while no call runs confirms a cancellation, or ends the session. */
  #trailerWithoutCall(error: RpcError | undefined): void {
    if (this.#cancelled.pending) {
      const nextAt = this.#cancelled.trailer(error);
      timers.remove(this);
      if (nextAt === undefined) this.#next();
      else timers.add(this, nextAt);
      return;
    }
    if (error !== undefined && this.#cancelled.isLate(error)) return;
    const reason = error?.details.reason;
    if (reason === RpcReason.DRAINING) this.#connection.retire?.(this.channel);
    else if (reason === RpcReason.ADMISSION_LAPSED) this.lapsed();
    this.#leave(error ?? leftError());
  }

  lapsed(): void {
    this.#connection.lapsed?.();
  }

  #finish(call: CallChannel): void {
    this.#running = undefined;
    call.finish();
    this.#cancelled.callEnded();
  }

  #next(): void {
    if (this.#over || this.#running !== undefined || this.#cancelled.pending) return;
    if (this.#stopped) {
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

  /** Ends the session and resets its stream: the server broke the protocol or does not answer. */
  #break(error: RpcError): void {
    this.#end(error);
    this.channel.reset(ResetCode.Cancelled);
  }

  /** Ends the session that the server has ended. */
  #leave(error: RpcError): void {
    this.#end(error);
    this.#closeStream();
  }

  #closeStream(): void {
    this.channel.end();
    this.channel.stop(ResetCode.NoError);
  }

  /**
   * `forCalls` ends the calls; it differs from `reason` when the client closed the session.
   * `unsent`: the session never had a connection.
   */
  #end(
    reason: RpcError | undefined,
    forCalls: RpcError | undefined = reason,
    unsent: boolean = false,
  ): void {
    if (this.#over) return;
    this.#over = true;
    this.#reason = reason;
    timers.remove(this);
    const running = this.#running;
    this.#running = undefined;
    const refuse = (call: CallChannel, isUnsent: boolean): void => {
      call.finish();
      call.sink.refuse(forCalls ?? overError(undefined), isUnsent);
    };
    const waiting = this.#waiting.take();
    if (running !== undefined) refuse(running, unsent);
    for (const call of waiting) refuse(call, true);
    this.held.end(forCalls ?? overError(undefined));
    this.#settle(reason);
  }
}
