// The JavaScript side of one native node.
//
// A QuicNode creates it and gets the events of the node as a whole. Channels and connections
// register here and get theirs. The native side wakes it when there are events; it drains them with
// one call per buffer and delivers them synchronously, in order. The DOWN event ends it.
import type { NativeConnectionStats, NativeNode, NativeNodeInit } from "@aster/native";
import { endpointIdFromBytes } from "../address/endpoint.ts";
import { TransportError, type TransportErrorCode } from "../error.ts";
import { oneLine } from "../one-line.ts";
import { outsideCalls, setImmediate } from "../turns.ts";
import { EndingKind, EventFlag, EventOp, Limit, RecordHeader } from "./border.ts";
import type { QuicChannel } from "./channel.ts";
import { ChannelTable } from "./channel-table.ts";
import { Commands } from "./commands.ts";
import { QuicConnection } from "./connection.ts";
import type { NativeModule } from "./native.ts";
import { detachAtExit, forgetAtExit, KeepAlive } from "./process-life.ts";

/**
 * Holds several records of the largest payload that is copied: a drain copies whole records only.
 */
const ARENA_BYTES: number = 16 * Limit.LARGE_BYTES;

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
  readonly #events: NodeEvents;
  readonly #arena: Uint8Array = new Uint8Array(ARENA_BYTES);
  readonly #view: DataView = new DataView(this.#arena.buffer);
  readonly #channels = new ChannelTable<QuicChannel>();
  readonly #connections = new Map<number, QuicConnection>();
  /** Connections that this side closed and whose close handshake is under way. */
  readonly #leaving = new Map<number, QuicConnection>();
  #lastHandle = 0;
  readonly #drainOne = (): void => this.#drain();

  constructor(module: NativeModule, init: NativeNodeInit, events: NodeEvents) {
    this.#events = events;
    this.native = outsideCalls(() => new module.NativeNode(init, this.#drainOne));
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
   * Delivers one arena per turn, so that a busy network does not starve the rest of the program.
   */
  #drain(): void {
    const size = this.native.drain(this.#arena);
    if (size === 0) return;
    // Before the delivery, which may throw: the native side wakes only after a drain that found
    // nothing.
    setImmediate(this.#drainOne);
    this.commands.hold(true);
    try {
      for (let at = 0; at < size; ) at = this.#deliver(at);
    } finally {
      this.commands.hold(false);
    }
  }

  /** Delivers the record at `at` and returns the offset of the next. */
  #deliver(at: number): number {
    const view = this.#view;
    const op = view.getUint8(at);
    const flags = view.getUint8(at + RecordHeader.FLAGS_AT);
    const handle = view.getUint32(at + RecordHeader.HANDLE_AT, true);
    const arg = view.getUint32(at + RecordHeader.ARG_AT, true);
    const start = at + RecordHeader.BYTES;
    const end = start + view.getUint32(at + RecordHeader.LENGTH_AT, true);
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
    return end;
  }

  #deliverRare(op: number, flags: number, handle: number, arg: number, payload: Uint8Array): void {
    const channel = this.#channels.get(handle);
    switch (op) {
      case EventOp.RESET:
        channel?.onLost(
          new TransportError("reset", `the peer reset the channel with code ${arg}`, {
            applicationCode: arg,
          }),
        );
        break;
      case EventOp.STOPPED:
        channel?.onStopped(arg);
        break;
      case EventOp.WRITABLE:
        channel?.onWritable();
        break;
      case EventOp.UNSENT: {
        const bytes = this.#view.getUint32(payload.byteOffset, true);
        if (channel !== undefined) channel.onUnsent(bytes);
        else this.#connections.get(arg)?.onUnsent(handle, bytes);
        break;
      }
      case EventOp.SENT:
        channel?.onSent();
        break;
      case EventOp.MALFORMED:
        channel?.onInputEnd(new TransportError("frame", text(payload)));
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
        const { peer, alpn } = peerAndAlpn(payload);
        const raw = (flags & EventFlag.RAW) !== 0;
        const connection = new QuicConnection(this, { handle, peer, alpn, side: "server", raw });
        this.adopt(connection);
        this.#events.connection(connection);
        break;
      }
      case EventOp.BACKLOG:
        this.#connections.get(handle)?.onBacklog(arg, (flags & EventFlag.ANSWER) !== 0);
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
      case EventOp.DIALED:
        this.#events.dialed(handle, arg, endpointIdFromBytes(payload));
        break;
      case EventOp.FAILED:
        this.#events.failed(handle, ending(flags, arg, payload));
        break;
      case EventOp.DOWN:
        this.#end((flags & EventFlag.FAULT) === 0 ? undefined : text(payload));
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

function peerAndAlpn(payload: Uint8Array): { peer: string; alpn: string } {
  return {
    peer: endpointIdFromBytes(payload.subarray(0, Limit.ENDPOINT_ID_BYTES)),
    alpn: text(payload.subarray(Limit.ENDPOINT_ID_BYTES)),
  };
}

function ending(kind: number, applicationCode: number, payload: Uint8Array): TransportError {
  const code = ENDING_CODES.get(kind) ?? "closed";
  return applicationCode === Limit.NO_CODE
    ? new TransportError(code, oneLine(text(payload)))
    : new TransportError(code, oneLine(text(payload)), { applicationCode });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
