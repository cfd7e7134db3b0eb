import type { MethodPattern } from "@aster/contract";
import { type Channel, FrameFlag, ResetCode, type TransportError } from "@aster/transport";
import { atCall } from "../call-stack.ts";
import { RpcError } from "../error.ts";
import { streamsRequests } from "../interceptor-chain.ts";
import { passMessage } from "../message/message-codec.ts";
import {
  type MessagePacker,
  type PackedMessage,
  sendMessageFrame,
  unpack,
} from "../message/message-packer.ts";
import {
  isMessageSource,
  MessagePump,
  type MessageSource,
  type PumpTarget,
} from "../message/message-pump.ts";
import { type RowSchemas, rowBeforeSchema, secondSchema } from "../message/row-messages.ts";
import { decodeTrailer } from "../protocol/status-trailer.ts";
import { RpcReason } from "../reason.ts";
import { isRepeatedWhole } from "../retry/repeatable-requests.ts";
import { markUnprocessed } from "../retry/unprocessed.ts";
import { StatusCode } from "../status.ts";
import { NO_DEADLINE } from "../time/deadline.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import type { BoundMethod } from "./bound-method.ts";
import {
  abortedError,
  deadlineError,
  lostError,
  noStreamError,
  noTrailerError,
  ownError,
  responseError,
  unexpectedFrame,
  withData,
} from "./call-failure.ts";
import { type CallSetup, checkStart, type ObservedCall } from "./call-options.ts";
import type { CallSink, CallTarget } from "./call-target.ts";
import { NextAttempt, nextDelayMs, type WaitingCall } from "./next-attempt.ts";

const UNEXPECTED_FLAGS = FrameFlag.Header | FrameFlag.Call | FrameFlag.Cancel;

/**
 * The end of a failed call: by the server, by the client, or by a caller that drops the responses
 * that have arrived.
 */
export type Failure = "byServer" | "locally" | "abandoned";

/**
 * One call on the wire, on the client's side: the part that all patterns share.
 *
 * call.ts creates it, sends one request or a source of requests with it, and hands its responses to
 * the caller. The channel delivers frames to it. It ends exactly once, with `succeeded` or
 * `failed`: at the trailer, at an error, at the deadline, or when the caller's signal fires; or
 * another attempt takes its place. It is a class, so that a call costs one object and no closures.
 */
export abstract class WireCall implements CallSink, Timed, PumpTarget, WaitingCall {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  protected readonly target: CallTarget;
  readonly #bound: BoundMethod;
  #channel: Channel | undefined;
  #signal: AbortSignal | undefined;
  #setup: CallSetup | undefined;
  /** The request, or the source of requests. */
  #request: unknown;
  #pump: MessagePump | undefined;
  #attempts = 1;
  /** The end of the attempt before. */
  #cause: RpcError | undefined;
  #wait: NextAttempt | undefined;
  #responded = false;
  /** The packer of a stream of requests. */
  #packer: MessagePacker | undefined;
  /** Resolves when a request of the stream that is being compressed was sent. */
  #packing: Promise<boolean> | undefined;
  #over = false;
  #schemaRead = false;
  #schemaSent = false;

  constructor(target: CallTarget, bound: BoundMethod) {
    this.target = target;
    this.#bound = bound;
  }

  /** The channel is open; nothing has arrived on it. */
  protected opened(_channel: Channel): void {}
  /** A response has arrived. */
  protected abstract message(value: unknown, bytes: number): void;
  /** Makes a call that takes the place of this one, with the same caller. */
  protected abstract again(): WireCall;
  /** The server ended the call with OK. */
  protected abstract succeeded(): void;
  /** `abandoned`: responses that the caller has not read are to be dropped. */
  protected abstract failed(error: unknown, failure: Failure): void;

  get over(): boolean {
    return this.#over;
  }

  get bound(): BoundMethod {
    return this.#bound;
  }

  /** The call as its hooks see it. */
  protected get observed(): ObservedCall | undefined {
    return this.#setup?.observed;
  }

  get pattern(): MethodPattern {
    return this.#bound.method.pattern;
  }

  /**
   * Sends the header and the only request in one go. Never throws: an error ends the call, before
   * anything is sent.
   */
  sendOne(request: unknown, setup: CallSetup): void {
    this.#setup = setup;
    this.#request = request;
    try {
      checkStart(setup);
      const { request: codec, packers, passesValues } = this.#bound;
      const header = this.#bound.header(setup);
      if (passesValues) passMessage(this.#open(header), request, true);
      else {
        const packer = packers.of(setup.compression);
        // the last thing that is encoded: the next encoding overwrites this view
        const payload = codec.encodeShared(request);
        if (packer.takesLong(payload.length)) {
          // the header goes first, so that calls of a session keep their order
          this.#sendSchema(this.#open(header));
          void this.#sendPacked(packer.packLater(payload), true);
        } else {
          const compressed = packer.compress(payload);
          const channel = this.#open(header);
          this.#sendSchema(channel);
          sendMessageFrame(channel, payload, compressed, true);
        }
      }
      this.#watch(setup);
    } catch (error) {
      this.#notBegun(error);
    }
  }

  /**
   * Sends the header, then requests until their source ends. Never throws: an error ends the call.
   */
  sendAll(source: MessageSource, setup: CallSetup): void {
    this.#setup = setup;
    this.#request = source;
    try {
      checkStart(setup);
      if (!isMessageSource(source)) throw noStreamError(this.#bound);
      if (setup.observed !== undefined) setup.observed.requests = 0;
      this.#packer = this.#bound.packers.of(setup.compression);
      this.#open(this.#bound.header(setup));
      this.#watch(setup);
      void this.#pumpFrom(source);
    } catch (error) {
      this.#notBegun(error);
    }
  }

  /** Sends the requests again, after the wait for this attempt. */
  begin(): void {
    this.#wait = undefined;
    const setup = { ...(this.#setup as CallSetup), startedAt: undefined };
    if (streamsRequests(this.pattern)) this.sendAll(this.#request as MessageSource, setup);
    else this.sendOne(this.#request, setup);
  }

  /** The caller's signal has fired, or the client was closed, during the wait for this attempt. */
  abort(error: RpcError): void {
    this.broken(error, "abandoned");
  }

  /** Sends one message of a source. */
  sendMessage(message: unknown): boolean {
    const { request, passesValues } = this.#bound;
    const channel = this.#channel as Channel;
    const observed = this.observed;
    if (observed !== undefined) observed.requests += 1;
    if (passesValues) return passMessage(channel, message);
    const packer = this.#packer as MessagePacker;
    let payload: Uint8Array;
    let compressed: Uint8Array | undefined;
    try {
      payload = request.encodeShared(message);
      if (packer.takesLong(payload.length)) {
        this.#packing = this.#sendPacked(packer.packLater(payload), false);
        return false;
      }
      compressed = packer.compress(payload);
    } catch (error) {
      throw RpcError.from(error);
    }
    this.#sendSchema(channel);
    return sendMessageFrame(channel, payload, compressed);
  }

  drained(): Promise<void> {
    const packing = this.#packing;
    return packing === undefined ? (this.#channel as Channel).drained() : this.#packed(packing);
  }

  refuse(error: RpcError, unprocessed: boolean): void {
    const own = ownError(error);
    this.broken(unprocessed ? this.#unprocessed(own) : own, "byServer");
  }

  frame(flags: number, payload: Uint8Array): void {
    if (this.#over) return;
    if ((flags & FrameFlag.Trailer) !== 0) {
      this.#trailer(payload);
      return;
    }
    if ((flags & UNEXPECTED_FLAGS) !== 0) {
      this.broken(unexpectedFrame(flags), "locally");
      return;
    }
    try {
      const { rows, response } = this.#bound;
      if ((flags & FrameFlag.RowSchema) !== 0) {
        if (rows !== undefined) this.#schema(rows, flags, payload);
        return;
      }
      if (rows !== undefined && !this.#schemaRead) throw rowBeforeSchema();
      const bytes = unpack(flags, payload, this.target.limits.maxMessageBytes);
      this.#responded = true;
      this.message(response.decode(bytes), bytes.length);
    } catch (error) {
      this.broken(responseError(error), "locally");
    }
  }

  value(value: unknown): void {
    if (this.#over) return;
    this.#responded = true;
    try {
      this.message(this.#bound.ofPassed(value), 0);
    } catch (error) {
      this.broken(responseError(error), "locally");
    }
  }

  end(): void {
    // follows the trailer of every call; without a trailer it is an error
    if (!this.#over) this.broken(noTrailerError(), "locally");
  }

  malformed(error: TransportError): void {
    this.broken(RpcError.from(error), "locally");
  }

  // the trailer says how the call ended
  stopped(): void {}

  closed(error: TransportError): void {
    const lost = lostError(error, this.target.connection);
    this.broken(error.unprocessed ? this.#unprocessed(lost) : lost, "byServer");
  }

  expired(): void {
    this.broken(deadlineError(this.target.connection.waitOf?.(this.#channel)), "locally");
  }

  /** The caller's signal has fired, or that of its call guard. */
  handleEvent(): void {
    if (this.#signal === undefined) return;
    const error = abortedError(this.#signal);
    // a guard also fires at the deadline
    if (error === this.#signal.reason && error.is(StatusCode.DEADLINE_EXCEEDED)) this.expired();
    else this.broken(error, "abandoned");
  }

  /**
   * Ends the call with an error, unless it has ended. The server is notified unless the failure is
   * its own.
   */
  protected fail(error: unknown, failure: Failure): void {
    if (this.#over) return;
    const next = failure === "byServer" ? this.#nextAttempt(error) : undefined;
    this.#settle();
    if (failure === "byServer") this.#endRequests();
    else this.#channel?.reset(ResetCode.Cancelled);
    if (next !== undefined) return;
    this.#setup?.logged?.ended(RpcError.from(error));
    this.failed(error, failure);
  }

  /** As `fail`, with an error that was not made by code of the program. */
  protected broken(error: RpcError, failure: Failure): void {
    if (!this.#over) this.fail(atCall(error), failure);
  }

  /** Opens the channel and sends the header. */
  #open(header: Uint8Array): Channel {
    const { connection } = this.target;
    const other = this.#setup?.elsewhere === true ? connection.openElsewhere?.(this) : undefined;
    const channel = other ?? connection.open(this);
    this.#channel = channel;
    this.opened(channel);
    channel.send(FrameFlag.Header, header);
    return channel;
  }

  /** Ends the call at its deadline and when the caller's signal fires. */
  #watch({ deadlineAt, signal }: CallSetup): void {
    if (this.#over) return;
    if (deadlineAt !== NO_DEADLINE) timers.add(this, deadlineAt);
    if (signal !== undefined) {
      this.#signal = signal;
      signal.addEventListener("abort", this);
    }
  }

  /** Sends a request when it is compressed. `false` while the channel has no capacity. */
  async #sendPacked(packed: Promise<PackedMessage>, end: boolean): Promise<boolean> {
    try {
      const { flags, payload } = await packed;
      const channel = this.#channel as Channel;
      if (this.#over) return true;
      this.#sendSchema(channel);
      return channel.send(flags, payload, end);
    } catch (error) {
      this.fail(RpcError.from(error), "locally");
      return true;
    }
  }

  async #packed(packing: Promise<boolean>): Promise<void> {
    const hasRoom = await packing;
    this.#packing = undefined;
    if (!hasRoom) await this.drained();
  }

  /** Ends the requests with their source. An error of the source ends the call with that error. */
  async #pumpFrom(source: MessageSource): Promise<void> {
    const pump = new MessagePump(this);
    this.#pump = pump;
    try {
      if (await pump.run(source)) this.#channel?.end();
    } catch (error) {
      this.fail(error, "locally");
    }
  }

  /** The schema of the responses: it comes once, before the first row. */
  #schema(rows: RowSchemas, flags: number, payload: Uint8Array): void {
    if (this.#schemaRead) throw secondSchema();
    rows.response.check(unpack(flags, payload, this.target.limits.maxMessageBytes));
    this.#schemaRead = true;
  }

  #sendSchema(channel: Channel): void {
    const { rows } = this.#bound;
    if (rows === undefined || this.#schemaSent) return;
    this.#schemaSent = true;
    channel.send(FrameFlag.RowSchema, rows.request.bytes);
  }

  #trailer(payload: Uint8Array): void {
    let error: RpcError | undefined;
    try {
      error = decodeTrailer(payload, this.target.limits, this.#setup?.onTrailer);
    } catch (thrown) {
      this.fail(thrown, "locally");
      return;
    }
    if (error !== undefined) {
      const { reason } = error.details;
      if (reason === RpcReason.DRAINING) {
        this.target.connection.retire?.(this.#channel);
        if (!this.#responded) this.#unprocessed(error);
      } else if (reason === RpcReason.ADMISSION_LAPSED) this.target.connection.lapsed?.();
      this.broken(withData(error, this.#bound.errors), "byServer");
      return;
    }
    this.#settle();
    this.#setup?.logged?.ended(undefined);
    this.target.retries?.tokens.succeeded();
    this.#endRequests();
    this.succeeded();
  }

  #settle(): void {
    this.#over = true;
    timers.remove(this);
    this.#signal?.removeEventListener("abort", this);
    this.#pump?.stop();
    this.#wait?.cancel();
  }

  /** Makes the call for another attempt, if the failure allows one. It begins after its wait. */
  #nextAttempt(error: unknown): WireCall | undefined {
    const setup = this.#setup;
    if (setup === undefined || this.#responded) return undefined;
    const isWhole = isRepeatedWhole(this.#request, this.pattern);
    if (!isWhole && this.#pump?.untouched !== true) return undefined;
    const attempt = { target: this.target, bound: this.#bound, setup, attempts: this.#attempts };
    const delayMs = nextDelayMs(attempt, error);
    if (delayMs === undefined) return undefined;
    const next = this.again();
    next.#setup = setup;
    next.#request = isWhole ? this.#request : this.#pump?.handOver();
    next.#attempts = this.#attempts + 1;
    next.#cause = error as RpcError;
    next.#wait = new NextAttempt(next, delayMs, this.target.held, setup.signal);
    return next;
  }

  #unprocessed<E extends RpcError>(error: E): E {
    const { service, method } = this.#bound;
    return markUnprocessed(error, { service, method: method.name });
  }

  /** The call cannot be made; a further attempt then ends with the error of the one before. */
  #notBegun(error: unknown): void {
    this.fail(this.#cause ?? RpcError.from(error), "locally");
  }

  /** The server has ended the call: requests that are still to come are not sent. */
  #endRequests(): void {
    if (this.#pump !== undefined) this.#channel?.end();
  }
}
