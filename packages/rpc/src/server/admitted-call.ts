import type { SerializationMode } from "@aster/contract";
import { type Channel, type EndpointId, FrameFlag } from "@aster/transport";
import { runInCall } from "../context.ts";
import { type RpcError, rpcErrorIn } from "../error.ts";
import { attempt } from "../error-fields.ts";
import { extraBytesOf, heapBytesOf, MEASURED_BYTES } from "../message/heap-bytes.ts";
import { PROFILE_A_BYTE, PROFILE_B_BYTE, passMessage } from "../message/message-codec.ts";
import {
  type PackedMessage,
  sendMessageFrame,
  unpack,
  unpackedSize,
} from "../message/message-packer.ts";
import {
  isMessageSource,
  isPromiseLike,
  MessagePump,
  type PumpTarget,
} from "../message/message-pump.ts";
import type { MessageQueue } from "../message/message-queue.ts";
import { rowBeforeSchema, secondSchema } from "../message/row-messages.ts";
import { type WireMode, XLANG_B } from "../protocol/mode.ts";
import type { ProtocolForm } from "../protocol/structs.ts";
import { now } from "../time/clock.ts";
import { concealResponse, misplacedFrame, tooManyItems } from "./errors.ts";
import type { FrameReader } from "./held-frame.ts";
import { HookedServerCall } from "./hooked-server-call.ts";
import type { PeerBudget } from "./peer-budget.ts";
import { RequestStream } from "./request-stream.ts";
import type { Route, RouteCoding } from "./route.ts";
import type { ServerContext } from "./server-context.ts";
import type { ServerCore } from "./server-core.ts";

/** The parts of a `CallOwner` that the messages of a call need. */
export interface CallCodings {
  readonly core: ServerCore;
  readonly peer: EndpointId;
  readonly budget: PeerBudget;
  /** The coding of a method's messages in one form. */
  coding(route: Route, form: WireMode): RouteCoding;
}

/** The handler of a request that took longer to read gets a turn of its own. */
const SLOW_MS = 5;
/** Measuring a larger response takes too long. */
const MOST_MEASURED_VALUES = 100_000;

/**
 * The results of a handler, which `ServerCall` receives. Exactly one of the four ends the run of
 * the handler.
 */
export interface CallOutcome extends PumpTarget {
  /** The handler returned the only response. */
  responded(call: AdmittedCall, response: unknown): void;
  /** The handler's stream of responses has ended, and all of them were sent. */
  streamed(call: AdmittedCall): void;
  /** The handler threw, or a response cannot be sent. */
  threw(call: AdmittedCall, error: unknown): void;
  /** The handler has returned, and its call had ended before. */
  returned(call: AdmittedCall): void;
}

/**
 * A call that passed all checks of its header: its route, context and time, the coding of its
 * messages, and its handler.
 *
 * The owner of the call creates it in `admit`. `ServerCall` gives it the frames with requests, and
 * receives the results of the handler as its {@link CallOutcome}.
 */
export class AdmittedCall {
  readonly kind = "call";
  readonly route: Route;
  readonly context: ServerContext;
  /** The form of the trailer. */
  readonly form: ProtocolForm;
  /** The time at which the call fails with DEADLINE_EXCEEDED, as of `now()`. `Infinity`: never. */
  readonly timeoutAt: number;
  /** The time at which the header was read, as of `now()`. */
  readonly startedAt: number;
  /** The call counts as running. */
  counted = false;
  /** An interceptor ended the call before its handler was called. */
  denied = false;
  /** The call as the hooks of its interceptors see it, from the run of the handler on. */
  hooked: HookedServerCall | undefined;
  readonly #codings: CallCodings;
  #coding: RouteCoding;
  #requests: RequestStream | undefined;
  #responses = 0;
  /**
   * Bytes of the only request, and of a response that waits, which count in the budget of the peer
   * until the handler has returned.
   */
  #held = 0;
  #pump: MessagePump | undefined;
  #slow = false;
  #handling = false;
  #running = false;
  /** The hooks have begun, and no other interceptor is around the handler. */
  #passedOn = false;
  #schemaRead = false;
  #schemaSent = false;

  constructor(
    codings: CallCodings,
    route: Route,
    mode: SerializationMode,
    context: ServerContext,
    startedAt: number,
  ) {
    this.#codings = codings;
    this.route = route;
    this.context = context;
    this.form = mode === "json" ? "json" : "fory";
    this.#coding = codings.coding(route, mode);
    this.startedAt = startedAt;
    const { handlerTimeoutMs } = codings.core.limits;
    const latest = route.streamsResponses ? Number.POSITIVE_INFINITY : startedAt + handlerTimeoutMs;
    this.timeoutAt = Math.min(context.deadlineAt, latest);
  }

  /** The time is over before that of a header would be. */
  get urgent(): boolean {
    return this.timeoutAt <= this.startedAt + this.#codings.core.limits.headerTimeoutMs;
  }

  /** Interceptors are at work, or have ended the call, and the handler was not called. */
  get intercepted(): boolean {
    if (!this.#running || !this.route.intercepted) return false;
    return !this.#passedOn && this.context.scope === undefined;
  }

  /** The request took long to read. */
  get slow(): boolean {
    return this.#slow;
  }

  /** The handler was called. It may have returned. */
  get handling(): boolean {
    return this.#handling;
  }

  /** The number of requests that have arrived for the handler. */
  get requests(): number {
    return this.#requests === undefined ? Number(this.#handling) : this.#requests.items;
  }

  /** The number of requests that the handler has taken. */
  get taken(): number {
    return this.#requests === undefined ? 1 : this.#requests.queue.taken;
  }

  /** The number of responses that were sent. */
  get responses(): number {
    return this.#responses;
  }

  /**
   * Reads the only request: a promise, if its checks return promises. Throws `CodecError` for one
   * that cannot be decoded, and `RpcError` for an invalid one and for one that does not fit into
   * the budget of the peer.
   */
  request(flags: number, payload: Uint8Array): unknown {
    const startedAt = this.#take(flags, payload) < MEASURED_BYTES ? 0 : now();
    const bytes = this.#unpack(flags, payload);
    const message = this.#decode(bytes);
    if (bytes.length < MEASURED_BYTES) return this.route.checkRequest(message);
    this.#hold(extraBytesOf(message, bytes.length));
    const request = this.route.checkRequest(message);
    this.#slow = now() - startedAt >= SLOW_MS;
    return request;
  }

  /** The stream of requests; the channel is paused while it is full. */
  openRequests(channel: Channel): MessageQueue<unknown> {
    const { budget, core } = this.#codings;
    this.#requests = new RequestStream(budget, core.limits, channel);
    return this.#requests.queue;
  }

  /**
   * Adds a message to the stream of requests. Throws as `request` does, and RESOURCE_EXHAUSTED for
   * one too many. Returns the promise of the checks, if there is one.
   *
   * A message that does not fit into the budget of the peer now is kept, and the stream is paused;
   * `reader` then gets the message again. Throws RESOURCE_EXHAUSTED when it cannot be kept.
   */
  push(flags: number, payload: Uint8Array, reader: FrameReader): Promise<unknown> | undefined {
    const requests = this.#requests as RequestStream;
    const size = this.#sizeOf(flags, payload);
    if (!requests.take(size)) {
      requests.keep(reader, flags, payload);
      return undefined;
    }
    this.#countItem(requests);
    const bytes = this.#unpack(flags, payload);
    const message = this.#decode(bytes);
    const extra = size - bytes.length + requests.measure(message, bytes.length);
    return enqueue(requests, this.route.checkRequest(message), bytes.length, extra);
  }

  /**
   * Counts the memory of a response that waits until the peer has read others, and returns it.
   * Throws RESOURCE_EXHAUSTED when it does not fit.
   */
  holdResponse(response: unknown): number {
    const bytes = heapBytesOf(response, MOST_MEASURED_VALUES);
    this.#codings.budget.take(bytes);
    this.#held += bytes;
    return bytes;
  }

  /** Frees the bytes of requests and of a waiting response: the handler has returned. */
  freeRequests(): void {
    if (this.#held > 0) this.free(this.#held);
    this.#requests?.release();
  }

  /** Adds a message that a caller in this process passed as a value. Throws as `push` does. */
  pushValue(message: unknown): Promise<unknown> | undefined {
    const requests = this.#requests as RequestStream;
    this.#countItem(requests);
    return enqueue(requests, this.route.checkRequest(message), 0, 0);
  }

  finishRequests(): void {
    this.#requests?.queue.finish();
  }

  /** Ends the stream of requests for the handler with an error. */
  abandonRequests(reason: RpcError): void {
    this.#requests?.abandon(reason);
  }

  /** Reads the schema of the requests, which comes once, before the first row. */
  readSchema(flags: number, payload: Uint8Array): void {
    const { rows } = this.#coding;
    if (rows === undefined) throw misplacedFrame(flags);
    if (this.#schemaRead) throw secondSchema();
    rows.request.check(this.#unpack(flags, payload));
    this.#schemaRead = true;
  }

  /**
   * Calls the handler with the request or the stream of requests. A handler without a promise ends
   * within this call, unless the request still waits for its checks.
   */
  handle(request: unknown, outcome: CallOutcome): void {
    this.#handling = true;
    if (request instanceof Promise) {
      request.then(
        (checked) => this.#run(checked, outcome),
        (error) => outcome.threw(this, error),
      );
    } else this.#run(request, outcome);
  }

  #run(request: unknown, outcome: CallOutcome): void {
    const { route, context } = this;
    if (outcome.over) {
      outcome.returned(this);
      return;
    }
    this.#running = true;
    if (route.streamsResponses) {
      void runInCall(context, () => this.#stream(request, outcome));
      return;
    }
    let result: unknown;
    let isLater: boolean;
    try {
      result = runInCall(context, () => this.#invoke(request));
      isLater = isPromiseLike(result);
    } catch (error) {
      outcome.threw(this, error);
      return;
    }
    if (!isLater) {
      outcome.responded(this, result);
      return;
    }
    Promise.resolve(result).then(
      (response) => outcome.responded(this, response),
      (error) => outcome.threw(this, error),
    );
  }

  /** Runs the interceptors and the handler. */
  #invoke(request: unknown): unknown {
    const { route, context } = this;
    const { hooks } = route;
    if (hooks !== undefined) {
      this.hooked = new HookedServerCall(hooks, this);
      this.hooked.begin();
    }
    this.#passedOn = !route.wrapped;
    return route.invoke(request, context);
  }

  /** Aborts the handler's signal and stops its stream of responses. */
  interrupt(reason: RpcError): void {
    const { context } = this;
    const end = (): void => {
      context.abort(reason);
      this.#pump?.stop();
    };
    // abort listeners and `finally` blocks of the handler run as part of its call
    if (context.scope === undefined) runInCall(context, end);
    else context.scope(end);
  }

  /**
   * Sends one response; `false` while the channel has no capacity. Returns the frame to send later
   * if it is still being compressed. Throws for a response that cannot be encoded.
   */
  send(channel: Channel, message: unknown): boolean | Promise<PackedMessage> {
    if (channel.connection.passesValues) {
      this.#responses += 1;
      return passMessage(channel, message);
    }
    const { response, packers, rows } = this.#coding;
    let payload: Uint8Array;
    let compressed: Uint8Array | undefined;
    let packed: Promise<PackedMessage> | undefined;
    try {
      const packer = packers.of(this.context.compression);
      payload = response.encodeShared(message);
      if (packer.takesLong(payload.length)) {
        packed = this.#unsent(payload.length, packer.packLater(payload));
      } else compressed = packer.compress(payload);
    } catch (cause) {
      throw this.#badResponse(cause);
    }
    if (rows !== undefined && !this.#schemaSent) {
      this.#schemaSent = true;
      channel.send(FrameFlag.RowSchema, rows.response.bytes);
    }
    this.#responses += 1;
    return packed ?? sendMessageFrame(channel, payload, compressed);
  }

  /** Reports an exception of the handler or of a response to `onError`. */
  report(errorId: string, cause: unknown): void {
    const { core, peer } = this.#codings;
    const { service, method, requestId } = this.context;
    core.report({ errorId, service, method, peer, cause }, requestId);
  }

  async #stream(request: unknown, outcome: CallOutcome): Promise<void> {
    let complete: boolean;
    try {
      const source = await this.#invoke(request);
      if (!isMessageSource(source)) throw noStreamOf(this.route.title);
      this.#pump = new MessagePump(outcome);
      complete = await this.#pump.run(source);
    } catch (error) {
      outcome.threw(this, error);
      return;
    }
    if (complete) outcome.streamed(this);
    else outcome.returned(this);
  }

  /** Counts the memory of a response, which has not left while it is compressed. */
  async #unsent(bytes: number, packed: Promise<PackedMessage>): Promise<PackedMessage> {
    const { budget } = this.#codings;
    budget.changeUnsent(bytes);
    try {
      return await packed;
    } finally {
      budget.changeUnsent(-bytes);
    }
  }

  #countItem(requests: RequestStream): void {
    requests.items += 1;
    const { streamsResponses, maxClientStreamItems } = this.route;
    const most = maxClientStreamItems ?? this.#codings.core.limits.maxClientStreamItems;
    if (requests.items > most && !streamsResponses) throw tooManyItems(most);
  }

  #sizeOf(flags: number, payload: Uint8Array): number {
    return unpackedSize(flags, payload, this.#codings.core.limits.maxMessageBytes);
  }

  /** Counts a message in by its size on the wire, before it is inflated. */
  #take(flags: number, payload: Uint8Array): number {
    const bytes = this.#sizeOf(flags, payload);
    this.#codings.budget.take(bytes);
    this.#held += bytes;
    return bytes;
  }

  #hold(bytes: number): void {
    this.#codings.budget.hold(bytes);
    this.#held += bytes;
  }

  /** Counts bytes of a waiting response out. */
  free(bytes: number): void {
    const held = Math.min(bytes, this.#held);
    this.#held -= held;
    this.#codings.budget.free(held);
  }

  #unpack(flags: number, payload: Uint8Array): Uint8Array {
    return unpack(flags, payload, this.#codings.core.limits.maxMessageBytes);
  }

  /** Decodes a request. Responses use the coding of the request, so this picks it. */
  #decode(bytes: Uint8Array): unknown {
    let coding = this.#coding;
    if (this.#schemaRead) {
      // rows may begin with any byte
    } else if (bytes[0] === PROFILE_B_BYTE && coding.answersInKind) {
      coding = this.#answerIn(XLANG_B);
    } else if (bytes[0] === PROFILE_A_BYTE && coding.mayBeXlang) {
      coding = this.#answerIn("xlang");
    }
    if (coding.rows !== undefined && !this.#schemaRead) throw rowBeforeSchema();
    return coding.request.decode(bytes);
  }

  #answerIn(form: WireMode): RouteCoding {
    this.#coding = this.#codings.coding(this.route, form);
    return this.#coding;
  }

  #badResponse(cause: unknown): RpcError {
    const sent = attempt(() => rpcErrorIn(cause), undefined);
    if (sent !== undefined) return sent;
    const { errorId, error } = concealResponse(this.route.title);
    this.report(errorId, cause);
    return error;
  }
}

/** Adds a message to the stream. Returns the promise of its checks, if there is one. */
function enqueue(
  requests: RequestStream,
  message: unknown,
  bytes: number,
  extraBytes: number,
): Promise<unknown> | undefined {
  requests.queue.push(message, bytes, extraBytes);
  return message instanceof Promise ? message : undefined;
}

/** For the server's log: the caller does not learn what the handler returned. */
function noStreamOf(title: string): TypeError {
  return new TypeError(
    `the handler of ${title} did not return a stream of responses; make it an async function*, or return an async iterable`,
  );
}
