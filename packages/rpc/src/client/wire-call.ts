import type { MethodPattern } from "@aster/contract";
import {
  type Channel,
  type ChannelSink,
  type Connection,
  FrameFlag,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { unpack } from "../message/message-packer.ts";
import { MessagePump, type MessageSource, type PumpTarget } from "../message/message-pump.ts";
import { type RowSchemas, rowBeforeSchema, secondSchema } from "../message/row-messages.ts";
import { decodeTrailer } from "../protocol/status-trailer.ts";
import { now } from "../time/clock.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import type { Attempt } from "./attempt.ts";
import type { BoundMethod } from "./bound-method.ts";
import {
  abortedError,
  deadlineError,
  lostError,
  noTrailerError,
  responseError,
  unexpectedFrame,
} from "./call-failure.ts";
import { withData } from "./declared-error.ts";

const UNEXPECTED_FLAGS = FrameFlag.Header | FrameFlag.Call | FrameFlag.Cancel;

/** A call as the channel knows it that it is made on. */
export interface CallSink extends ChannelSink {
  readonly pattern: MethodPattern;
  /** Ends the call with what happened before the server could hear of it, or where the server knows. */
  refuse(error: RpcError): void;
}

/** What calls are made on: a connection, or a session. */
export interface CallOpener extends Pick<Connection, "peer">, Renewal {
  open(sink: CallSink): Channel;
}

/** The capabilities of a connection that outlives its transport connections. */
export interface Renewal {
  /** The owner of the client has closed it. */
  readonly over?: boolean;
  /** Takes the transport connection of this channel out of use: the next call goes to a new one. */
  retire?(channel: Channel | undefined): void;
}

/** Where calls of one client go. */
export interface CallRoom {
  readonly connection: CallOpener;
  readonly limits: RpcLimits;
}

/**
 * One call on the wire, from the client's side: what all patterns have in common. It ends once, with `succeeded` or `failed`.
 *
 * A class of its own per pattern, so that a call is one object and no closures.
 */
export abstract class WireCall implements CallSink, Timed, PumpTarget {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  protected readonly room: CallRoom;
  protected readonly bound: BoundMethod;
  protected channel: Channel | undefined;
  #signal: AbortSignal | undefined;
  #onTrailer: Attempt["onTrailer"];
  #pump: MessagePump | undefined;
  #over = false;
  #schemaRead = false;
  #schemaSent = false;

  constructor(room: CallRoom, bound: BoundMethod) {
    this.room = room;
    this.bound = bound;
  }

  /** A message of the server's. */
  protected abstract message(value: unknown, bytes: number): void;
  /** The server says that all went well. */
  protected abstract succeeded(): void;
  protected abstract failed(error: unknown, abandoned: boolean): void;

  get over(): boolean {
    return this.#over;
  }

  get pattern(): MethodPattern {
    return this.bound.method.pattern;
  }

  refuse(error: RpcError): void {
    this.fail(error, "told");
  }

  frame(flags: number, payload: Uint8Array): void {
    if (this.#over) return;
    if ((flags & FrameFlag.Trailer) !== 0) {
      this.#trailer(payload);
      return;
    }
    if ((flags & UNEXPECTED_FLAGS) !== 0) {
      this.fail(unexpectedFrame(flags), "here");
      return;
    }
    try {
      const { rows } = this.bound;
      if ((flags & FrameFlag.RowSchema) !== 0) {
        if (rows !== undefined) this.#schema(rows, flags, payload);
        return;
      }
      if (rows !== undefined && !this.#schemaRead) throw rowBeforeSchema();
      const bytes = unpack(flags, payload, this.room.limits.maxMessageBytes);
      this.message(this.bound.response.decode(bytes), bytes.length);
    } catch (error) {
      this.fail(responseError(error), "here");
    }
  }

  end(): void {
    // after every call that went well; the error is made only for those that did not
    if (!this.#over) this.fail(noTrailerError(), "here");
  }

  malformed(error: TransportError): void {
    this.fail(RpcError.from(error), "here");
  }

  // how the call ends is told by the trailer
  stopped(): void {}

  closed(error: TransportError): void {
    this.fail(lostError(error, this.room.connection), "told");
  }

  expired(): void {
    this.fail(deadlineError(), "here");
  }

  /** Of the caller's signal. */
  handleEvent(): void {
    if (this.#signal !== undefined) this.fail(abortedError(this.#signal), "abandoned");
  }

  sendMessage(message: unknown): boolean {
    const { request, packer } = this.bound;
    let payload: Uint8Array;
    try {
      payload = packer.pack(request.encodeShared(message));
    } catch (error) {
      throw RpcError.from(error);
    }
    const channel = this.channel as Channel;
    this.#sendSchema(channel);
    return channel.send(packer.flags, payload);
  }

  drained(): Promise<void> {
    return (this.channel as Channel).drained();
  }

  /** The only request, encoded for sending it at once. */
  protected payload(request: unknown, { metadata }: Attempt): Uint8Array {
    const { request: codec, packer } = this.bound;
    // a header with metadata is encoded after it, into the memory that views share
    return packer.pack(metadata.size === 0 ? codec.encodeShared(request) : codec.encode(request));
  }

  /** Opens the channel and sends the first frames in one go; `request` is the payload of the only request, if there is one. */
  protected open(attempt: Attempt, request: Uint8Array | undefined): void {
    const { bound } = this;
    const channel = this.room.connection.open(this);
    this.channel = channel;
    this.#onTrailer = attempt.onTrailer;
    const flags = bound.packer.flags;
    channel.send(FrameFlag.Header, bound.header(attempt));
    if (request !== undefined) {
      this.#sendSchema(channel);
      channel.send(flags, request, true);
    }
    if (this.#over) return;
    if (attempt.deadlineAt !== Number.POSITIVE_INFINITY) timers.add(this, attempt.deadlineAt);
    if (attempt.signal !== undefined) {
      this.#signal = attempt.signal;
      attempt.signal.addEventListener("abort", this);
    }
  }

  /** Sends requests until their source ends, then ends our half. What the source throws ends the call with just that. */
  protected async sendAll(source: MessageSource): Promise<void> {
    const pump = new MessagePump(this);
    this.#pump = pump;
    try {
      if (await pump.run(source)) this.channel?.end();
    } catch (error) {
      this.fail(error, "here");
    }
  }

  /** Why the call must not even begin. */
  protected refusal({ signal, deadlineAt }: Attempt): RpcError | undefined {
    if (signal?.aborted) return abortedError(signal);
    if (deadlineAt !== Number.POSITIVE_INFINITY && deadlineAt <= now()) {
      return deadlineError();
    }
    return undefined;
  }

  /**
   * Ends the call. `told`: the server knows already; `here`: it has to be told; `abandoned`: also, and nobody wants what has
   * arrived so far.
   */
  protected fail(error: unknown, whose: "told" | "here" | "abandoned"): void {
    if (this.#over) return;
    this.#settle();
    if (whose === "told") this.#leaveServer();
    else this.channel?.reset(ResetCode.Cancelled);
    this.failed(error, whose === "abandoned");
  }

  /** Of the responses: it comes once, before the first row. */
  #schema(rows: RowSchemas, flags: number, payload: Uint8Array): void {
    if (this.#schemaRead) throw secondSchema();
    rows.response.check(unpack(flags, payload, this.room.limits.maxMessageBytes));
    this.#schemaRead = true;
  }

  #sendSchema(channel: Channel): void {
    const { rows } = this.bound;
    if (rows === undefined || this.#schemaSent) return;
    this.#schemaSent = true;
    channel.send(FrameFlag.RowSchema, rows.request.bytes);
  }

  #trailer(payload: Uint8Array): void {
    let error: RpcError | undefined;
    try {
      error = decodeTrailer(payload, this.room.limits, this.#onTrailer);
    } catch (thrown) {
      this.fail(thrown, "here");
      return;
    }
    if (error !== undefined) {
      if (error.details.reason === "draining") this.room.connection.retire?.(this.channel);
      this.fail(withData(error, this.bound.errors), "told");
      return;
    }
    this.#settle();
    this.#leaveServer();
    this.succeeded();
  }

  #settle(): void {
    this.#over = true;
    timers.remove(this);
    this.#signal?.removeEventListener("abort", this);
    this.#pump?.stop();
  }

  /** The server has had its say: what we still meant to send, nobody wants. */
  #leaveServer(): void {
    if (this.#pump !== undefined) this.channel?.end();
  }
}
