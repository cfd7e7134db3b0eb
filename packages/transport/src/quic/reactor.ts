// The JavaScript side of one native node.
//
// A QuicNode creates it and gets the events of the node as a whole. Channels and connections
// register here and get theirs. The native side wakes it when there are events; it drains those of
// the node and then those of the connections, in the order of `DeliveryTurns`, and delivers them
// synchronously. The events of one connection stay in order. The DOWN event ends it.
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
import { DeliveryTurns, isCostly, PeerTime, SLICE_MS } from "./delivery-turns.ts";
import { freeMemory } from "./kept-frames.ts";
import type { NativeModule } from "./native.ts";
import { arrivalOf, peerAndAlpn, questionsOf, textOf } from "./peer-records.ts";
import { detachAtExit, forgetAtExit, KeepAlive } from "./process-life.ts";

/**
 * Holds several records of the largest payload that is copied: a drain copies whole records only.
 */
const ARENA_BYTES: number = 4 * Limit.LARGE_BYTES;

/**
 * Larger payloads come in memory of their own. For smaller ones, that takes longer than a copy: V8
 * counts such memory, and collects garbage the more often.
 */
const MOST_COPIED_BYTES: number = 1024 * 1024;

/** The clock is read after this many records, a power of two. */
const RECORDS_PER_LOOK = 8;

/** The events of the node, and not of a connection. */
const NODE = 0;

const ENDING_CODES: ReadonlyMap<number, TransportErrorCode> = new Map([
  [EndingKind.CLOSED, "closed"],
  [EndingKind.CLOSING, "closed"],
  [EndingKind.CONNECT, "connect"],
  [EndingKind.TIMEOUT, "timeout"],
  [EndingKind.ADDRESS, "address"],
  [EndingKind.NATIVE, "native"],
]);

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
  /** The payload that is being delivered, if it is large. */
  #large: Uint8Array = new Uint8Array(0);
  readonly #channels = new ChannelTable<QuicChannel>();
  readonly #connections = new Map<number, QuicConnection>();
  /** Connections that this side closed and whose close handshake is under way. */
  readonly #leaving = new Map<number, QuicConnection>();
  #lastHandle = 0;
  /** The next record in the arena. */
  #next = 0;
  /** Of connections that have gone. */
  readonly #unknown = new PeerTime();
  /** The node is down, and events of connections are left. */
  #down: { readonly fault: string | undefined } | undefined;
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
   * Delivers the events of the node, and then those of peers for a limited time, so that a busy
   * network does not starve the rest of the program.
   */
  #drain(): void {
    const size = this.native.drain(this.#arena, NODE) & ~Limit.MORE_BIT;
    if (size === 0 && this.turns.isEmpty) return;
    // Before the delivery, which may throw: the native side wakes only after a drain that found
    // nothing.
    this.#drainLater();
    this.#deliverRecords(NODE, size, Number.POSITIVE_INFINITY);
    this.turns.run();
    if (this.#down !== undefined && this.turns.isEmpty) this.#end(this.#down.fault);
  }

  /** Delivers events of a connection for a short time. Returns true if there are more. */
  deliver(connection: number): boolean {
    const drained = this.native.drain(this.#arena, connection);
    const size = drained & ~Limit.MORE_BIT;
    return this.#deliverRecords(connection, size, SLICE_MS) || size !== drained;
  }

  #drainLater(): void {
    if (this.#drainsLater) return;
    this.#drainsLater = true;
    setImmediate(this.#drainNow);
  }

  /**
   * Delivers the records in the arena, and sends the commands that follow together. Returns true if
   * some were given back, because the time was over.
   */
  #deliverRecords(connection: number, size: number, limitMs: number): boolean {
    this.#next = 0;
    this.commands.hold(true);
    try {
      const startedMs = now();
      for (let record = 1; this.#next < size; record++) {
        const look = this.#deliver() || record % RECORDS_PER_LOOK === 0;
        if (look && now() - startedMs > limitMs) break;
      }
    } finally {
      this.commands.hold(false);
      if (this.#next < size) this.native.giveBack(connection, this.#arena, this.#next, size);
    }
    return this.#next < size;
  }

  /** Delivers the next record. Returns true if that may have taken long. */
  #deliver(): boolean {
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
      this.#channels.get(handle)?.onFrame(flags, this.#arena.subarray(start, end), false);
      return isCostly(flags, end - start);
    }
    if (op === EventOp.LARGE) {
      this.#deliverLarge(flags, handle, arg, view.getUint32(start, true));
      return true;
    }
    if (op === EventOp.STREAM) {
      this.#connections.get(arg)?.onStream(handle);
    } else if (op === EventOp.FIN) {
      this.#channels.get(handle)?.onInputEnd("ended");
    } else if (op === EventOp.READY) {
      this.#addTurn(handle);
    } else {
      this.#deliverRare(op, flags, handle, arg, this.#arena.subarray(start, end));
    }
    return false;
  }

  /** Delivers the payload of a token. */
  #deliverLarge(flags: number, handle: number, token: number, bytes: number): void {
    const channel = this.#channels.get(handle);
    if (bytes <= MOST_COPIED_BYTES) {
      if (this.#large.length < bytes) this.#large = new Uint8Array(MOST_COPIED_BYTES);
      if (!this.native.copyLarge(token, this.#large)) return;
      channel?.onFrame(flags, this.#large.subarray(0, bytes), false);
      return;
    }
    const payload = this.native.takeLarge(token);
    if (payload === null) return;
    const kept = channel?.onFrame(flags, payload, true) ?? false;
    if (!kept) freeMemory(payload);
  }

  /** A connection has events. */
  #addTurn(handle: number): void {
    const connection = this.#connections.get(handle) ?? this.#leaving.get(handle);
    if (connection !== undefined) this.turns.addReady(connection.time, connection);
    else this.turns.addReady(this.#unknown, { takeTurn: () => this.deliver(handle) });
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
        this.#down = { fault: (flags & EventFlag.FAULT) === 0 ? undefined : textOf(payload) };
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
