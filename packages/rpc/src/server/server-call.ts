import { CodecError } from "@aster/codec";
import {
  type Channel,
  type ChannelSink,
  FrameFlag,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import { runInCall } from "../context.ts";
import { RpcError } from "../error.ts";
import { PROFILE_A_BYTE, PROFILE_B_BYTE, passMessage } from "../message/message-codec.ts";
import { sendMessageFrame, unpack } from "../message/message-packer.ts";
import {
  isPromiseLike,
  MessagePump,
  type MessageSource,
  type PumpTarget,
} from "../message/message-pump.ts";
import { MessageQueue } from "../message/message-queue.ts";
import { rowBeforeSchema, secondSchema } from "../message/row-messages.ts";
import { type WireMode, XLANG_B } from "../protocol/mode.ts";
import { encodeFailure, encodeSuccess, okTrailers } from "../protocol/status-trailer.ts";
import type { ProtocolForm } from "../protocol/structs.ts";
import { StatusCode } from "../status.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import type { AdmittedCall } from "./admitted-call.ts";
import type { CallOwner } from "./call-owner.ts";
import { Phase } from "./call-phase.ts";
import { CONTROL_FLAGS, UNEXPECTED_FLAGS } from "./control-flags.ts";
import { concealException, concealResponse } from "./fault.ts";
import { cancelledByCaller, lostCaller } from "./lost-caller.ts";
import { checkEnd, tooManyItems, unexpectedFrame, unexpectedMessage } from "./request-failure.ts";
import type { Route, RouteCoding } from "./route.ts";
import type { ServerContext } from "./server-context.ts";

const answered = new RpcError(StatusCode.CANCELLED, "the call has been answered");

/**
 * One call as the server answers it. Everything up to the handler, and from its answer to the last frame, runs within the
 * transport's own calls: a unary call needs no promise besides the handler's.
 */
export class ServerCall implements ChannelSink, Timed, PumpTarget {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  readonly #owner: CallOwner;
  readonly #channel: Channel;
  #phase: Phase = Phase.Header;
  #form: ProtocolForm = "fory";
  #inputEnded = false;
  #answering = false;
  #route: Route | undefined;
  #coding: RouteCoding | undefined;
  #context: ServerContext | undefined;
  #requests: MessageQueue<unknown> | undefined;
  #items = 0;
  #schemaRead = false;
  #schemaSent = false;
  #pump: MessagePump | undefined;
  #session: ChannelSink | undefined;

  constructor(owner: CallOwner, channel: Channel) {
    this.#owner = owner;
    this.#channel = channel;
    owner.server.sweep.add(this);
  }

  get over(): boolean {
    return this.#phase === Phase.Over;
  }

  frame(flags: number, payload: Uint8Array): void {
    if (this.#phase >= Phase.Over) {
      this.#session?.frame(flags, payload);
      return;
    }
    try {
      if (this.#phase === Phase.Header) this.#open(flags, payload);
      else if ((flags & CONTROL_FLAGS) !== 0) this.#control(flags, payload);
      else if (this.#phase === Phase.Request) {
        this.#request(this.#decode(this.#unpack(flags, payload)));
      } else if (this.#phase === Phase.Requests) {
        this.#countItem();
        const bytes = this.#unpack(flags, payload);
        this.#requests?.push(this.#decode(bytes), bytes.length);
      } else throw unexpectedMessage(this.#route as Route);
    } catch (error) {
      if (error instanceof CodecError) this.#fail(this.#owner.unreadable(error));
      else this.#failed(error);
    }
  }

  /** A message that the caller, which is in this process, handed over as it is. */
  value(message: unknown): void {
    if (this.#phase >= Phase.Over) {
      this.#session?.value?.(message);
      return;
    }
    try {
      if (this.#phase === Phase.Header) throw unexpectedFrame(0);
      const route = this.#route as Route;
      if (this.#phase === Phase.Request) {
        route.checkRequest(message);
        this.#request(message);
      } else if (this.#phase === Phase.Requests) {
        this.#countItem();
        route.checkRequest(message);
        this.#requests?.push(message, 0);
      } else throw unexpectedMessage(route);
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
      this.#leave();
      this.#channel.end();
    } else if (this.#phase === Phase.Request) {
      this.#fail(new RpcError(StatusCode.UNAVAILABLE, "Stream ended"));
    } else if (this.#phase === Phase.Requests) {
      this.#endRequests();
    } else if (this.#phase === Phase.Over) {
      this.#owner.server.sweep.remove(this);
    }
  }

  malformed(error: TransportError): void {
    if (this.#session !== undefined) {
      this.#session.malformed(error);
      return;
    }
    this.#inputEnded = true;
    if (this.#phase === Phase.Over) this.#owner.server.sweep.remove(this);
    else this.#fail(new RpcError(StatusCode.INTERNAL, error.message, { cause: error }));
  }

  /** The caller does not want the answer: it has cancelled. */
  stopped(code: number): void {
    if (this.#phase >= Phase.Over) {
      this.#session?.stopped(code);
      return;
    }
    this.#inputEnded = true;
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
      this.#owner.server.sweep.remove(this);
      return;
    }
    this.#inputEnded = true;
    this.#cancel(lostCaller(error, this.#owner.server.draining));
  }

  /** Of the sweep: no header came, or the caller goes on after the end. Of the timer: the deadline. */
  expired(): void {
    if (this.#phase === Phase.Over) this.#channel.stop(ResetCode.NoError);
    else if (this.#phase === Phase.Header) {
      this.#leave();
      this.#channel.reset(ResetCode.Cancelled);
    } else this.#fail(new RpcError(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded"));
  }

  /** Ends the call, if it is not over, with this error for both sides. */
  endWith(error: RpcError): void {
    this.#fail(error);
  }

  sendMessage(message: unknown): boolean {
    if (this.#channel.connection.passesValues) return passMessage(this.#channel, message);
    const { response, packer, rows } = this.#coding as RouteCoding;
    let payload: Uint8Array;
    let compressed: Uint8Array | undefined;
    try {
      payload = response.encodeShared(message);
      compressed = packer.compress(payload);
    } catch (cause) {
      throw this.#badResponse(cause);
    }
    if (rows !== undefined && !this.#schemaSent) {
      this.#schemaSent = true;
      this.#channel.send(FrameFlag.RowSchema, rows.response.bytes);
    }
    return sendMessageFrame(this.#channel, payload, compressed);
  }

  drained(): Promise<void> {
    return this.#channel.drained();
  }

  #open(flags: number, payload: Uint8Array): void {
    this.#owner.server.sweep.remove(this);
    let admitted: AdmittedCall | undefined;
    try {
      admitted = this.#owner.admit(flags, payload);
      if (admitted === undefined) {
        this.#session = this.#owner.session(this.#channel);
        this.#phase = Phase.Session;
        return;
      }
    } catch (error) {
      this.#form = this.#owner.form;
      throw error;
    }
    this.#accept(admitted);
    if (admitted.route.streamsRequests) this.#openRequests(admitted);
    else this.#phase = Phase.Request;
  }

  #accept({ route, mode, context, timeoutAt }: AdmittedCall): void {
    this.#route = route;
    this.#form = mode === "json" ? "json" : "fory";
    this.#coding = this.#owner.coding(route, mode);
    this.#context = context;
    if (timeoutAt !== Number.POSITIVE_INFINITY) timers.add(this, timeoutAt);
  }

  #openRequests({ context }: AdmittedCall): void {
    this.#phase = Phase.Requests;
    const requests = new MessageQueue<unknown>(this.#owner.server.limits, () => {});
    requests.feedFrom(this.#channel);
    this.#requests = requests;
    this.#answer(requests, context);
  }

  #request(request: unknown): void {
    this.#phase = Phase.Answering;
    const context = this.#context as ServerContext;
    // without a deadline only the request has to come in time: a stream may go on
    if (this.#route?.streamsResponses && context.deadlineAt === Number.POSITIVE_INFINITY) {
      timers.remove(this);
    }
    this.#answer(request, context);
  }

  #countItem(): void {
    const { maxClientStreamItems } = this.#owner.server.limits;
    this.#items += 1;
    if (this.#items > maxClientStreamItems && !(this.#route as Route).streamsResponses) {
      throw tooManyItems(maxClientStreamItems);
    }
  }

  #unpack(flags: number, payload: Uint8Array): Uint8Array {
    return unpack(flags, payload, this.#owner.server.limits.maxMessageBytes);
  }

  #decode(bytes: Uint8Array): unknown {
    let coding = this.#coding as RouteCoding;
    if (this.#schemaRead) {
      // rows begin with any byte
    } else if (bytes[0] === PROFILE_B_BYTE && coding.answersInKind) {
      coding = this.#answerIn(XLANG_B);
    } else if (bytes[0] === PROFILE_A_BYTE && coding.mayBeXlang) {
      coding = this.#answerIn("xlang");
    }
    if (coding.rows !== undefined && !this.#schemaRead) throw rowBeforeSchema();
    const request = coding.request.decode(bytes);
    (this.#route as Route).checkRequest(request);
    return request;
  }

  #answerIn(form: WireMode): RouteCoding {
    this.#coding = this.#owner.coding(this.#route as Route, form);
    return this.#coding;
  }

  #control(flags: number, payload: Uint8Array): void {
    if ((flags & UNEXPECTED_FLAGS) !== 0) throw unexpectedFrame(flags);
    if ((flags & FrameFlag.RowSchema) !== 0) {
      this.#schema(flags, payload);
      return;
    }
    // calls are cancelled by resetting the stream; the frame has its meaning in sessions
    if ((flags & FrameFlag.Cancel) !== 0) return;
    if (this.#phase === Phase.Request) {
      throw new RpcError(StatusCode.UNAVAILABLE, "Unexpected trailer");
    }
    if (this.#phase !== Phase.Requests) return;
    checkEnd(payload, this.#route as Route, this.#owner.server.limits);
    this.#endRequests();
  }

  /** Of the requests: it comes once, before the first row. */
  #schema(flags: number, payload: Uint8Array): void {
    const rows = this.#coding?.rows;
    if (rows === undefined) throw unexpectedFrame(flags);
    if (this.#schemaRead) throw secondSchema();
    rows.request.check(this.#unpack(flags, payload));
    this.#schemaRead = true;
  }

  #endRequests(): void {
    this.#phase = Phase.Answering;
    this.#requests?.finish();
  }

  #answer(request: unknown, context: ServerContext): void {
    const route = this.#route as Route;
    this.#answering = true;
    if (route.streamsResponses) {
      void runInCall(context, () => this.#answerStream(request, context));
      return;
    }
    let result: unknown;
    try {
      result = runInCall(context, () => route.invoke(request, context));
    } catch (error) {
      this.#failed(error);
      this.#returned();
      return;
    }
    if (!isPromiseLike(result)) {
      this.#answered(result);
      return;
    }
    Promise.resolve(result).then(
      (response) => this.#answered(response),
      (error) => {
        this.#failed(error);
        this.#returned();
      },
    );
  }

  #answered(response: unknown): void {
    if (this.#phase !== Phase.Over) {
      try {
        this.sendMessage(response);
        this.#finish();
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#returned();
  }

  async #answerStream(request: unknown, context: ServerContext): Promise<void> {
    try {
      const source = await (this.#route as Route).invoke(request, context);
      this.#pump = new MessagePump(this);
      if (await this.#pump.run(source as MessageSource)) this.#finish();
    } catch (error) {
      this.#failed(error);
    }
    this.#returned();
  }

  #finish(): void {
    const pairs = (this.#context as ServerContext).trailers;
    const trailer = pairs === undefined ? okTrailers[this.#form] : encodeSuccess(pairs, this.#form);
    this.#channel.send(FrameFlag.Trailer, trailer, true);
    this.#settle(answered);
  }

  /** What a handler throws: an `RpcError` is meant for the caller, anything else is our own affair. */
  #failed(reason: unknown): void {
    if (this.#phase === Phase.Over) return;
    if (reason instanceof RpcError) this.#fail(reason);
    else {
      const { errorId, error } = concealException(this.#owner.faultCode);
      this.#owner.server.report(this.#route, this.#owner.peer, errorId, reason);
      this.#fail(error);
    }
  }

  #badResponse(cause: unknown): RpcError {
    if (cause instanceof RpcError) return cause;
    const route = this.#route as Route;
    const { errorId, error } = concealResponse(route.title);
    this.#owner.server.report(route, this.#owner.peer, errorId, cause);
    return error;
  }

  #fail(error: RpcError): void {
    if (this.#phase === Phase.Over) return;
    const { limits } = this.#owner.server;
    const trailer = encodeFailure(error, this.#form, limits, this.#context?.trailers);
    this.#channel.send(FrameFlag.Trailer, trailer, true);
    this.#cancel(error);
  }

  /** Ends the call without a word to the caller. */
  #cancel(reason: RpcError): void {
    this.#settle(reason);
    const context = this.#context;
    // listeners and `finally` blocks are part of the call as well
    if (context !== undefined && this.#answering) runInCall(context, () => this.#interrupt(reason));
    if (this.#route !== undefined && !this.#answering) this.#returned();
  }

  #interrupt(reason: RpcError): void {
    this.#context?.abort(reason);
    this.#pump?.stop();
  }

  #settle(reason: RpcError): void {
    if (this.#phase === Phase.Header) this.#owner.server.sweep.remove(this);
    else timers.remove(this);
    this.#phase = Phase.Over;
    if (this.#route !== undefined) this.#owner.server.countEnd(reason === answered);
    this.#requests?.abandon(reason);
    // what the caller still sends is dropped for a while, so that it comes to read how its call ended
    if (!this.#inputEnded) this.#owner.server.sweep.add(this);
  }

  #leave(): void {
    this.#phase = Phase.Over;
    this.#owner.server.sweep.remove(this);
  }

  #returned(): void {
    this.#owner.release(this.#route as Route);
  }
}
