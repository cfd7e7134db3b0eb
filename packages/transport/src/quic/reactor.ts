// The JavaScript side of one native node.
//
// A QuicNode creates it and gets the events of the node as a whole. Channels and connections
// register here and get theirs. The native side wakes it when there are events; it drains them with
// one call per buffer and delivers them synchronously, in order. The DOWN event ends it.
import type { NativeConnectionStats, NativeNode, NativeNodeInit } from "@aster/native";
import { endpointIdFromBytes } from "../address/endpoint.ts";
import type { RefusedConnections } from "../allow-list.ts";
import { TransportError, type TransportErrorCode } from "../error.ts";
import { resetError } from "../lost-channel.ts";
import { oneLine } from "../one-line.ts";
import { now, outsideCalls, setImmediate } from "../turns.ts";
import { EndingKind, EventFlag, EventOp, Limit, RecordHeader } from "./border.ts";
import type { QuicChannel } from "./channel.ts";
import { ChannelTable } from "./channel-table.ts";
import { Commands } from "./commands.ts";
import { QuicConnection } from "./connection.ts";
import { DeliveryTurns, TURN_MS } from "./delivery-turns.ts";
import type { NativeModule } from "./native.ts";
import { arrivalOf, peerAndAlpn, questionsOf, textOf } from "./peer-records.ts";
import { detachAtExit, forgetAtExit, KeepAlive } from "./process-life.ts";

/**
 * Holds several records of the largest payload that is copied: a drain copies whole records only.
 */
const ARENA_BYTES: number = 16 * Limit.LARGE_BYTES;

/** The clock is read after this many records, a power of two. */
const RECORDS_PER_LOOK = 64;

const ENDING_CODES: ReadonlyMap<number, TransportErrorCode> = new Map([
  [EndingKind.CLOSED, "closed"],
  [EndingKind.CLOSING, "closed"],
  [EndingKind.CONNECT, "connect"],
  [EndingKind.TIMEOUT, "timeout"],
  [EndingKind.ADDRESS, "address"],
  [EndingKind.NATIVE, "native"],
]);

/** The ES2024 method of array buffers. */
interface Detachable {
  transfer?(newByteLength: number): ArrayBuffer;
}

/** The events of a node as a whole. */
export interface NodeEvents {
  opened(): void;
  connection(connection: QuicConnection): void;
  /** The gate has to decide about a peer. */
  asked(question: number, peer: string, alpn: string): void;
  refused(refused: RefusedConnections): void;
  dialed(dial: number, connection: number, peer: string): void;
  failed(dial: number, error: TransportError): void;
  /** The last event. Without `fault`, the node was closed. */
  down(fault: TransportError | undefined): void;
}

/**
 * Drains the events of a native node and delivers each to its channel, its connection or the node.
 */
export class Reactor {
  readonly native: NativeNode;
  readonly commands: Commands;
  readonly keepAlive: KeepAlive = new KeepAlive();
  readonly turns: DeliveryTurns = new DeliveryTurns(() => outsideCalls(() => this.#drainLater()));
  readonly #events: NodeEvents;
  readonly #arena: Uint8Array = new Uint8Array(ARENA_BYTES);
  readonly #view: DataView = new DataView(this.#arena.buffer);
  readonly #channels = new ChannelTable<QuicChannel>();
  readonly #connections = new Map<number, QuicConnection>();
  /** Connections that this side closed and whose close handshake is under way. */
  readonly #leaving = new Map<number, QuicConnection>();
  #lastHandle = 0;
  /** The records in the arena that were not delivered yet. */
  #next = 0;
  #filled = 0;
  #drainsLater = false;
  readonly #drainNow = (): void => {
    this.#drainsLater = false;
    this.#drain();
  };

  constructor(module: NativeModule, init: NativeNodeInit, events: NodeEvents) {
    this.#events = events;
    this.native = outsideCalls(() => new module.NativeNode(init, () => this.#drain()));
    this.commands = new Commands(this.native);
    detachAtExit(this.native);
  }

  get channels(): number {
    return this.#channels.size;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Returns a free handle for a channel that this side opens. */
  nextHandle(): number {
    do {
      this.#lastHandle = this.#lastHandle === Limit.MAX_HANDLE ? 1 : this.#lastHandle + 1;
    } while (this.#channels.has(this.#lastHandle));
    return this.#lastHandle;
  }

  add(channel: QuicChannel): void {
    const replaced = this.#channels.add(channel);
    if (replaced === undefined) this.keepAlive.hold();
    else replaced.disown();
  }

  /** Removes a channel, if it is there. */
  forget(handle: number): void {
    if (this.#channels.delete(handle)) this.keepAlive.release();
  }

  adopt(connection: QuicConnection): void {
    this.#connections.set(connection.handle, connection);
  }

  connectionStats(connection: number): NativeConnectionStats | null {
    return this.native.connectionStats(connection);
  }

  /**
   * Delivers at most one arena per turn, so that a busy network does not starve the rest of the
   * program, and then frames that wait for their turn.
   */
  #drain(): void {
    if (this.#next === this.#filled) {
      this.#next = 0;
      this.#filled = this.native.drain(this.#arena);
    }
    if (this.#next === this.#filled && this.turns.isEmpty) return;
    // Before the delivery, which may throw: the native side wakes only after a drain that found
    // nothing.
    this.#drainLater();
    this.turns.begin();
    this.#batched(() => this.#deliverArena());
    if (!this.turns.isEmpty) this.#batched(() => this.turns.run());
  }

  #drainLater(): void {
    if (this.#drainsLater) return;
    this.#drainsLater = true;
    setImmediate(this.#drainNow);
  }

  /** Sends the commands of `work` together. */
  #batched(work: () => void): void {
    this.commands.hold(true);
    try {
      work();
    } finally {
      this.commands.hold(false);
    }
  }

  /** Delivers the records in the arena, unless they take too long for one turn. */
  #deliverArena(): void {
    const startedMs = now();
    for (let record = 1; this.#next < this.#filled; record++) {
      this.#deliver();
      if (record % RECORDS_PER_LOOK === 0 && now() - startedMs > TURN_MS) return;
    }
  }

  /** Delivers the next record. */
  #deliver(): void {
    const view = this.#view;
    const at = this.#next;
    const op = view.getUint8(at);
    const flags = view.getUint8(at + RecordHeader.FLAGS_AT);
    const handle = view.getUint32(at + RecordHeader.HANDLE_AT, true);
    const arg = view.getUint32(at + RecordHeader.ARG_AT, true);
    const start = at + RecordHeader.BYTES;
    const end = start + view.getUint32(at + RecordHeader.LENGTH_AT, true);
    this.#next = end;
    if (op === EventOp.FRAME) {
      this.#channels.get(handle)?.onFrame(flags, this.#arena.subarray(start, end));
    } else if (op === EventOp.LARGE) {
      const payload = this.native.takeLarge(arg);
      if (payload !== null) {
        this.#channels.get(handle)?.onFrame(flags, payload);
        // Frees the memory at once. Left to the garbage collector, such buffers make it run often.
        (payload.buffer as ArrayBuffer & Detachable).transfer?.(0);
      }
    } else if (op === EventOp.STREAM) {
      this.#connections.get(arg)?.onStream(handle);
    } else if (op === EventOp.FIN) {
      this.#channels.get(handle)?.onInputEnd("ended");
    } else {
      this.#deliverRare(op, flags, handle, arg, this.#arena.subarray(start, end));
    }
  }

  #deliverRare(op: number, flags: number, handle: number, arg: number, payload: Uint8Array): void {
    const channel = this.#channels.get(handle);
    switch (op) {
      case EventOp.RESET:
        channel?.onLost(resetError(arg));
        break;
      case EventOp.STOPPED:
        channel?.onStopped(arg);
        break;
      case EventOp.WRITABLE:
        channel?.onWritable();
        break;
      case EventOp.UNSENT: {
        const bytes = this.#view.getUint32(payload.byteOffset, true);
        if ((flags & EventFlag.ANSWER) !== 0) channel?.onMeasured(bytes);
        else if (channel !== undefined) channel.onUnsent(bytes);
        else this.#connections.get(arg)?.onUnsent(handle, bytes);
        break;
      }
      case EventOp.SENT:
        channel?.onSent();
        break;
      case EventOp.MALFORMED:
        channel?.onInputEnd(new TransportError("frame", textOf(payload)));
        break;
      case EventOp.OVERRUN:
        channel?.onLost(overrun());
        break;
      default:
        this.#deliverToNode(op, flags, handle, arg, payload);
    }
  }

  #deliverToNode(
    op: number,
    flags: number,
    handle: number,
    arg: number,
    payload: Uint8Array,
  ): void {
    switch (op) {
      case EventOp.OPENED:
        this.#events.opened();
        break;
      case EventOp.CONNECTION: {
        const arrival = arrivalOf(payload, arg);
        const raw = (flags & EventFlag.RAW) !== 0;
        const connection = new QuicConnection(this, { handle, ...arrival, side: "server", raw });
        this.adopt(connection);
        this.#events.connection(connection);
        break;
      }
      case EventOp.BACKLOG:
        this.#connections.get(handle)?.onBacklog(arg, (flags & EventFlag.ANSWER) !== 0);
        break;
      case EventOp.ARRIVING:
        this.#connections.get(handle)?.onArriving(arg);
        break;
      case EventOp.CLOSED: {
        const connection = this.#connections.get(handle);
        this.#connections.delete(handle);
        connection?.onClosed(ending(flags, arg, payload));
        if (flags !== EndingKind.CLOSING) connection?.onGone();
        else if (connection !== undefined) this.#leaving.set(handle, connection);
        break;
      }
      case EventOp.GONE:
        this.#leaving.get(handle)?.onGone();
        this.#leaving.delete(handle);
        break;
      case EventOp.ASK: {
        const { peer, alpn } = peerAndAlpn(payload);
        this.#events.asked(handle, peer, alpn);
        break;
      }
      case EventOp.REFUSED:
        this.#events.refused({ count: handle, some: questionsOf(payload) });
        break;
      case EventOp.DIALED:
        this.#events.dialed(handle, arg, endpointIdFromBytes(payload));
        break;
      case EventOp.FAILED:
        this.#events.failed(handle, ending(flags, arg, payload));
        break;
      case EventOp.DOWN:
        this.#end((flags & EventFlag.FAULT) === 0 ? undefined : textOf(payload));
        break;
    }
  }

  #end(fault: string | undefined): void {
    const error = fault === undefined ? undefined : new TransportError("native", fault);
    const ended = error ?? new TransportError("closed", "the node is closed");
    for (const connection of [...this.#connections.values()]) {
      connection.onClosed(ended);
      connection.onGone();
    }
    this.#connections.clear();
    for (const connection of this.#leaving.values()) connection.onGone();
    this.#leaving.clear();
    this.keepAlive.stop();
    forgetAtExit(this.native);
    this.#events.down(error);
  }
}

function overrun(): TransportError {
  const most = `${Limit.HELD_BYTES / 2 ** 20} MiB`;
  return new TransportError(
    "limit",
    `more than ${most} of small messages on this channel, or too many on its connection, arrived while readers were paused; read faster, or make the peer wait`,
  );
}

function ending(kind: number, applicationCode: number, payload: Uint8Array): TransportError {
  const code = ENDING_CODES.get(kind) ?? "closed";
  return applicationCode === Limit.NO_CODE
    ? new TransportError(code, oneLine(textOf(payload)))
    : new TransportError(code, oneLine(textOf(payload)), { applicationCode });
}
