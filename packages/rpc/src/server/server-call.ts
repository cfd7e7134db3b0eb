import { CodecError } from "@aster/codec";
import {
  type Channel,
  type ChannelSink,
  FrameFlag,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import { RpcError, rpcErrorIn } from "../error.ts";
import { attempt } from "../error-fields.ts";
import type { PackedMessage } from "../message/message-packer.ts";
import { CONTROL_FLAGS, OPENING_FLAGS } from "../protocol/frame-roles.ts";
import { encodeFailure, encodeSuccess, okTrailers } from "../protocol/status-trailer.ts";
import type { ProtocolForm } from "../protocol/structs.ts";
import { StatusCode } from "../status.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import type { AdmittedCall, CallOutcome } from "./admitted-call.ts";
import type { CallOwner, Refusal } from "./call-owner.ts";
import { Phase } from "./call-phase.ts";
import {
  brokenInput,
  callerLost,
  cancelledByCaller,
  checkEnd,
  concealException,
  deadlinePassed,
  isWaste,
  misplacedFrame,
  notDraining,
  requestMissing,
  unexpectedMessage,
} from "./errors.ts";
import type { RunningCall } from "./running-calls.ts";
import type { TimedCall } from "./server-context.ts";
import { UnreadAnswer } from "./unread-answer.ts";

const answered = new RpcError(StatusCode.CANCELLED, "the call has been answered");

/**
 * One call on the server, from its first frame to its trailer.
 *
 * `ServerConnection` creates one per channel, `ServerSession` one per call inside a session. The
 * channel delivers frames to it. The owner admits the call, `AdmittedCall` runs the handler, and
 * the result becomes responses and a trailer. The call ends once, in `#settle`, and counts as
 * running until its handler has returned.
 *
 * All steps before and after the handler run synchronously inside a callback of the transport, so a
 * unary call needs no promise besides the handler's own.
 */
export class ServerCall implements ChannelSink, Timed, TimedCall, CallOutcome, RunningCall {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  earlier: RunningCall | undefined;
  later: RunningCall | undefined;
  readonly #owner: CallOwner;
  readonly #channel: Channel;
  #phase: Phase = Phase.Header;
  #form: ProtocolForm = "fory";
  #inputEnded = false;
  /** The entry is in the timer wheel. Otherwise it is in the sweep, or in neither. */
  #timed = false;
  /** A part of the answer is still in the send buffer. */
  #unread = false;
  #admitted: AdmittedCall | undefined;
  /** Resolves when a response of the stream that is being compressed was sent. */
  #packing: Promise<boolean> | undefined;
  #session: ChannelSink | undefined;

  constructor(owner: CallOwner, channel: Channel) {
    this.#owner = owner;
    this.#channel = channel;
    owner.core.sweep.add(this);
  }

  get over(): boolean {
    return this.#phase === Phase.Over;
  }

  get sharesTurns(): boolean {
    return true;
  }

  frame(flags: number, payload: Uint8Array): void {
    if (this.#phase >= Phase.Over) {
      this.#session?.frame(flags, payload);
      return;
    }
    const call = this.#admitted;
    try {
      if (call === undefined) this.#open(flags, payload);
      else if ((flags & CONTROL_FLAGS) !== 0) this.#control(call, flags, payload);
      else if (this.#phase === Phase.Request) {
        this.#takePlace(call);
        this.#request(call, call.request(flags, payload));
      } else if (this.#phase === Phase.Requests) {
        this.#pushed(call.push(flags, payload, this));
      } else throw unexpectedMessage(call.route.method.pattern, call.route.title);
    } catch (error) {
      if (error instanceof CodecError) {
        this.#owner.countReset();
        this.#fail(this.#owner.unreadable(error));
      } else this.#failed(error);
    }
  }

  /** A message that a caller in this process passed as a value. */
  value(message: unknown): void {
    if (this.#phase >= Phase.Over) {
      this.#session?.value?.(message);
      return;
    }
    const call = this.#admitted;
    try {
      if (call === undefined) throw misplacedFrame(0);
      if (this.#phase === Phase.Request) {
        this.#takePlace(call);
        this.#request(call, call.route.checkRequest(message));
      } else if (this.#phase === Phase.Requests) this.#pushed(call.pushValue(message));
      else throw unexpectedMessage(call.route.method.pattern, call.route.title);
    } catch (error) {
      this.#failed(error);
    }
  }

  end(): void {
    if (this.#session !== undefined) {
      this.#session.end();
      return;
    }
    this.#inputEnded = true;
    if (this.#phase === Phase.Header) {
      this.#abandon();
      this.#channel.end();
    } else if (this.#phase === Phase.Request) {
      this.#fail(new RpcError(StatusCode.UNAVAILABLE, "Stream ended"));
    } else if (this.#phase === Phase.Requests) {
      this.#endRequests();
    } else if (this.#phase === Phase.Over) {
      this.#owner.core.sweep.remove(this);
    }
  }

  malformed(error: TransportError): void {
    if (this.#session !== undefined) {
      this.#session.malformed(error);
      return;
    }
    this.#inputEnded = true;
    if (error.code !== "limit") this.#owner.countReset();
    const { core } = this.#owner;
    if (this.#phase === Phase.Over) core.sweep.remove(this);
    else this.#fail(brokenInput(error, core.limits));
  }

  /** The caller cancelled the call. */
  stopped(code: number): void {
    if (this.#phase >= Phase.Over) {
      this.#session?.stopped(code);
      return;
    }
    this.#inputEnded = true;
    this.#owner.countReset();
    this.#cancel(cancelledByCaller());
    this.#channel.reset(ResetCode.Cancelled);
  }

  closed(error: TransportError): void {
    if (this.#session !== undefined) {
      this.#session.closed(error);
      return;
    }
    if (error.code === "reset") this.#owner.countReset();
    if (this.#phase === Phase.Over) {
      this.#owner.core.sweep.remove(this);
      return;
    }
    this.#inputEnded = true;
    this.#cancel(callerLost(error, this.#owner.core.draining));
  }

  /**
   * Called by the sweep when no header or no request came, or the caller did not end its half after
   * the trailer, and by the timer wheel at the deadline.
   */
  expired(): void {
    if (this.#phase === Phase.Over) this.#channel.stop(ResetCode.NoError);
    else if (this.#phase === Phase.Header) {
      this.#abandon();
      this.#channel.reset(ResetCode.Cancelled);
    } else if (this.#timed) {
      this.#fail(deadlinePassed());
    } else this.#fail(requestMissing(this.#owner.core.limits));
  }

  endAt(deadlineAt: number): void {
    if (this.#phase === Phase.Over) return;
    if (this.#timed) timers.remove(this);
    timers.add(this, deadlineAt);
    this.#timed = true;
  }

  /** Ends the call with this error for caller and handler. No-op when it has ended. */
  endWith(error: RpcError): void {
    this.#fail(error);
  }

  sendMessage(message: unknown): boolean {
    const sent = this.#admitted?.send(this.#channel, message) ?? true;
    if (typeof sent === "boolean") return sent;
    this.#packing = this.#sendPacked(sent);
    return false;
  }

  get crowded(): boolean {
    return this.#owner.budget.crowded;
  }

  async drained(waiting?: unknown): Promise<void> {
    const packing = this.#packing;
    this.#packing = undefined;
    if (packing === undefined || !(await packing)) await this.#channel.drained();
    if (!this.crowded) return;
    const call = this.#admitted;
    const held = waiting === undefined ? 0 : (call?.holdResponse(waiting) ?? 0);
    await this.#owner.budget.room(this);
    call?.free(held);
  }

  responded(call: AdmittedCall, response: unknown): void {
    if (this.#phase !== Phase.Over) {
      try {
        if (this.crowded) {
          void this.#waitWith(call, response);
          return;
        }
        const sent = call.send(this.#channel, response);
        if (typeof sent !== "boolean") {
          void this.#succeedLater(call, sent);
          return;
        }
        this.#unread = !sent;
        this.#succeed(call);
      } catch (error) {
        this.#failed(error);
      }
    }
    this.returned(call);
  }

  /** Sends the response when the peer has read others. */
  async #waitWith(call: AdmittedCall, response: unknown): Promise<void> {
    try {
      await this.drained(response);
    } catch (error) {
      this.threw(call, error);
      return;
    }
    this.responded(call, response);
  }

  /** Ends the call when its response is compressed. */
  async #succeedLater(call: AdmittedCall, packed: Promise<PackedMessage>): Promise<void> {
    try {
      const hasRoom = await this.#sendPacked(packed);
      if (this.#phase !== Phase.Over) {
        this.#unread = !hasRoom;
        this.#succeed(call);
      }
    } catch (error) {
      this.#failed(error);
    }
    this.returned(call);
  }

  /** Sends a response when it is compressed. `false` while the channel has no capacity. */
  async #sendPacked(packed: Promise<PackedMessage>): Promise<boolean> {
    const { flags, payload } = await packed;
    return this.#phase === Phase.Over || this.#channel.send(flags, payload);
  }

  streamed(call: AdmittedCall): void {
    try {
      this.#succeed(call);
    } catch (error) {
      this.#failed(error);
    }
    this.returned(call);
  }

  threw(call: AdmittedCall, error: unknown): void {
    if (call.intercepted && this.#phase !== Phase.Over) this.#deniedBy(call, error);
    this.#failed(notDraining(error));
    this.returned(call);
  }

  returned(call: AdmittedCall): void {
    call.freeRequests();
    if (!this.#unread) {
      this.#owner.release(call);
      return;
    }
    new UnreadAnswer(this.#owner.core.unread, this.#channel, {
      left: () => this.#owner.release(call),
      stalled: () => this.#owner.stalled(this.#channel),
    });
  }

  #open(flags: number, payload: Uint8Array): void {
    const admission = this.#owner.admit(flags, payload);
    this.#form = admission.form;
    if (admission.kind === "call") {
      this.#begin(admission);
      return;
    }
    this.#owner.core.sweep.remove(this);
    if (admission.kind === "refused") {
      if (isWaste(admission.error)) this.#owner.countReset();
      this.#refused(admission);
      throw admission.error;
    }
    try {
      this.#session = admission.open(this.#channel);
    } catch (error) {
      this.#refused({ ...admission, kind: "refused", error });
      throw error;
    }
    this.#phase = Phase.Session;
  }

  #refused(refusal: Refusal): void {
    const { core, peer } = this.#owner;
    core.log?.refused(peer, refusal.error);
    core.audit?.refused(peer, refusal);
  }

  #begin(call: AdmittedCall): void {
    this.#admitted = call;
    this.#owner.running?.add(this);
    this.#owner.core.log?.began(call.context);
    if (call.route.intercepted) call.context.timed = this;
    if (!call.route.streamsRequests) {
      this.#phase = Phase.Request;
      // otherwise the time of the header holds until the request is there
      if (call.urgent) this.#limitTime(call);
      return;
    }
    this.#phase = Phase.Requests;
    this.#takePlace(call);
    call.handle(call.openRequests(this.#channel), this);
  }

  /** Counts the call in, now that its requests come. */
  #takePlace(call: AdmittedCall): void {
    if (!this.#timed) this.#limitTime(call);
    this.#owner.begin(call);
  }

  /** Moves the call from the sweep to the timer wheel. */
  #limitTime(call: AdmittedCall): void {
    this.#owner.core.sweep.remove(this);
    if (call.timeoutAt === Number.POSITIVE_INFINITY) return;
    timers.add(this, call.timeoutAt);
    this.#timed = true;
  }

  #request(call: AdmittedCall, request: unknown): void {
    this.#phase = Phase.Answering;
    if (!this.crowded && !call.slow) {
      call.handle(request, this);
      return;
    }
    if (request instanceof Promise) request.catch(() => {});
    const handle = (): void => {
      if (!this.over) call.handle(request, this);
    };
    // an answer that waits may take more memory
    if (this.crowded) void this.#owner.budget.room(this).then(handle);
    else if (this.#channel.later === undefined) handle();
    else this.#channel.later(handle);
  }

  /** Ends the call if the checks of a message in a stream fail later. */
  #pushed(checks: Promise<unknown> | undefined): void {
    checks?.catch((error: unknown) => this.#failed(error));
  }

  #control(call: AdmittedCall, flags: number, payload: Uint8Array): void {
    if ((flags & OPENING_FLAGS) !== 0) throw misplacedFrame(flags);
    if ((flags & FrameFlag.RowSchema) !== 0) {
      call.readSchema(flags, payload);
      return;
    }
    // calls are cancelled by a reset of their stream; CANCEL has a meaning in sessions alone
    if ((flags & FrameFlag.Cancel) !== 0) return;
    if (this.#phase === Phase.Request) {
      throw new RpcError(StatusCode.UNAVAILABLE, "Unexpected trailer");
    }
    if (this.#phase !== Phase.Requests) return;
    checkEnd(payload, call.route.method.pattern, this.#owner.core.limits);
    this.#endRequests();
  }

  #endRequests(): void {
    this.#phase = Phase.Answering;
    this.#admitted?.finishRequests();
  }

  #succeed({ context }: AdmittedCall): void {
    const pairs = context.trailers;
    const trailer = pairs === undefined ? okTrailers[this.#form] : encodeSuccess(pairs, this.#form);
    if (!this.#channel.send(FrameFlag.Trailer, trailer, true)) this.#unread = true;
    this.#settle(answered);
  }

  /**
   * Ends the call with an exception: an `RpcError` goes to the caller, anything else is reported
   * and concealed. Never throws.
   */
  #failed(reason: unknown): void {
    if (this.#phase === Phase.Over) return;
    const sent = attempt(() => rpcErrorIn(reason), undefined);
    if (sent !== undefined) {
      this.#fail(sent);
      return;
    }
    const { core, peer, faultCode } = this.#owner;
    const { errorId, error } = concealException(faultCode);
    if (this.#admitted !== undefined) this.#admitted.report(errorId, reason);
    else core.report({ errorId, service: "", method: "", peer, cause: reason });
    this.#fail(error);
  }

  #fail(error: RpcError): void {
    if (this.#phase === Phase.Over) return;
    const { limits } = this.#owner.core;
    const trailer = encodeFailure(error, this.#form, limits, this.#admitted?.context.trailers);
    if (!this.#channel.send(FrameFlag.Trailer, trailer, true)) this.#unread = true;
    this.#cancel(error);
  }

  /** Ends the call without a trailer. */
  #cancel(reason: RpcError): void {
    this.#settle(reason);
    const call = this.#admitted;
    if (call === undefined) return;
    if (call.handling) call.interrupt(reason);
    else this.returned(call);
  }

  #settle(reason: RpcError): void {
    if (this.#timed) timers.remove(this);
    else this.#owner.core.sweep.remove(this);
    this.#phase = Phase.Over;
    const call = this.#admitted;
    const { core, running } = this.#owner;
    if (call?.counted) core.countEnd(reason === answered);
    else core.countRefused(reason.code);
    if (call !== undefined) {
      const error = reason === answered ? undefined : reason;
      running?.remove(this);
      call.context.ended(error);
      call.hooked?.ended(error);
      core.log?.ended(call.context, call.startedAt, error);
      core.audit?.ended(call, error);
      call.abandonRequests(reason);
    }
    // further frames are dropped for a while, because a caller that is still sending has to read
    // the trailer
    if (!this.#inputEnded) this.#owner.core.sweep.add(this);
  }

  /** Records that an interceptor ended the call. */
  #deniedBy(call: AdmittedCall, cause: unknown): void {
    call.denied = true;
    const error = attempt(() => rpcErrorIn(cause), undefined);
    const { core, peer } = this.#owner;
    core.denied({ gate: 2, peer, method: call.route.title, cause: "interceptor", error });
  }

  /** Ends a call without a header. */
  #abandon(): void {
    this.#phase = Phase.Over;
    this.#owner.core.sweep.remove(this);
  }
}
