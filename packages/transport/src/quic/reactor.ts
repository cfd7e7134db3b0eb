import { endpointIdFromBytes } from "../endpoint-id.ts";
import { TransportError, type TransportErrorCode } from "../error.ts";
import type { NativeLinkStats, NativeModule, NativeNode, NativeNodeInit } from "../native.ts";
import { detachAtExit, forgetAtExit } from "./at-exit.ts";
import type { QuicChannel } from "./channel.ts";
import { ChannelTable } from "./channel-table.ts";
import { Commands } from "./commands.ts";
import { QuicConnection } from "./connection.ts";
import { KeepAlive } from "./keep-alive.ts";
import { EventOp, RECORD_HEADER_BYTES } from "./records.ts";

const ARENA_BYTES = 1024 * 1024;
const ID_BYTES = 32;
const NO_CODE = 0xffff_ffff;
const MAX_HANDLE = 0x7fff_ffff;
/** The kinds of `crates/native/src/error.rs`, in order from 1. */
const KINDS: readonly TransportErrorCode[] = ["closed", "connect", "timeout", "address", "native"];

/** What ES2024 gives array buffers. */
interface Detachable {
  transfer?(newByteLength: number): ArrayBuffer;
}

/** What happens to a node as a whole. */
export interface NodeEvents {
  opened(): void;
  connection(connection: QuicConnection): void;
  asked(ticket: number, peer: string, alpn: string): void;
  dialed(ticket: number, connection: number, peer: string): void;
  failed(ticket: number, error: TransportError): void;
  down(fault: TransportError | undefined): void;
}

/** One native node: drains its events and passes each to the channel, connection or node it concerns. */
export class Reactor {
  readonly native: NativeNode;
  readonly commands: Commands;
  readonly keepAlive: KeepAlive = new KeepAlive();
  readonly #events: NodeEvents;
  readonly #arena: Uint8Array = new Uint8Array(ARENA_BYTES);
  readonly #view: DataView = new DataView(this.#arena.buffer);
  readonly #channels = new ChannelTable<QuicChannel>();
  readonly #connections = new Map<number, QuicConnection>();
  #lastHandle = 0;
  readonly #drainOne = (): void => this.#drain();

  constructor(module: NativeModule, init: NativeNodeInit, events: NodeEvents) {
    this.#events = events;
    this.native = new module.NativeNode(init, this.#drainOne);
    this.commands = new Commands(this.native);
    detachAtExit(this.native);
  }

  get channels(): number {
    return this.#channels.size;
  }

  get connections(): number {
    return this.#connections.size;
  }

  nextHandle(): number {
    do {
      this.#lastHandle = this.#lastHandle === MAX_HANDLE ? 1 : this.#lastHandle + 1;
    } while (this.#channels.has(this.#lastHandle));
    return this.#lastHandle;
  }

  add(channel: QuicChannel): void {
    this.#channels.add(channel);
    this.keepAlive.hold();
  }

  forget(handle: number): boolean {
    const known = this.#channels.delete(handle);
    if (known) this.keepAlive.release();
    return known;
  }

  adopt(connection: QuicConnection): void {
    this.#connections.set(connection.handle, connection);
  }

  linkStats(connection: number): NativeLinkStats | null {
    return this.native.linkStats(connection);
  }

  loseChannels(connection: QuicConnection, error: TransportError): void {
    for (const channel of this.#channels.list()) {
      if (channel.connection !== connection) continue;
      channel.onLost(error);
      this.forget(channel.handle);
    }
  }

  /** One arena at a time, so that a busy network does not starve the rest of the program. */
  #drain(): void {
    const size = this.native.drain(this.#arena);
    if (size === 0) return;
    // before the delivery: whatever happens there, the native side counts on another look
    setImmediate(this.#drainOne);
    this.commands.hold(true);
    try {
      for (let at = 0; at < size; ) at = this.#deliver(at);
    } finally {
      this.commands.hold(false);
    }
  }

  #deliver(at: number): number {
    const view = this.#view;
    const op = view.getUint8(at);
    const flags = view.getUint8(at + 1);
    const handle = view.getUint32(at + 4, true);
    const arg = view.getUint32(at + 8, true);
    const start = at + RECORD_HEADER_BYTES;
    const end = start + view.getUint32(at + 12, true);
    if (op === EventOp.Frame) {
      this.#channels.get(handle)?.onFrame(flags, this.#arena.subarray(start, end));
    } else if (op === EventOp.Large) {
      const payload = this.native.takeLarge(arg);
      if (payload !== null) {
        this.#channels.get(handle)?.onFrame(flags, payload);
        // it was valid until now; left to the collector, these buffers make it run again and again
        (payload.buffer as ArrayBuffer & Detachable).transfer?.(0);
      }
    } else if (op === EventOp.Stream) {
      this.#connections.get(arg)?.onStream(handle);
    } else if (op === EventOp.Fin) {
      this.#channels.get(handle)?.onInputEnd("ended");
    } else {
      this.#deliverRare(op, flags, handle, arg, this.#arena.subarray(start, end));
    }
    return end;
  }

  #deliverRare(op: number, flags: number, handle: number, arg: number, payload: Uint8Array): void {
    const channel = this.#channels.get(handle);
    switch (op) {
      case EventOp.Reset:
        channel?.onLost(
          new TransportError("reset", `the peer reset the channel with code ${arg}`, {
            applicationCode: arg,
          }),
        );
        break;
      case EventOp.Stopped:
        channel?.onStopped(arg);
        break;
      case EventOp.Writable:
        channel?.onWritable();
        break;
      case EventOp.Malformed:
        channel?.onInputEnd(new TransportError("frame", text(payload)));
        break;
      case EventOp.Overrun:
        channel?.onLost(
          new TransportError(
            "limit",
            "the channel was paused while more than 8 MiB of small messages arrived: read faster, or let the peer wait",
          ),
        );
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
      case EventOp.Opened:
        this.#events.opened();
        break;
      case EventOp.Connection: {
        const connection = new QuicConnection(this, {
          handle,
          peer: endpointIdFromBytes(payload.subarray(0, ID_BYTES)),
          alpn: text(payload.subarray(ID_BYTES)),
          side: "server",
          raw: flags === 1,
        });
        this.adopt(connection);
        this.#events.connection(connection);
        break;
      }
      case EventOp.Closed: {
        const connection = this.#connections.get(handle);
        this.#connections.delete(handle);
        connection?.onClosed(ending(flags, arg, payload));
        break;
      }
      case EventOp.Ask: {
        const peer = endpointIdFromBytes(payload.subarray(0, ID_BYTES));
        this.#events.asked(handle, peer, text(payload.subarray(ID_BYTES)));
        break;
      }
      case EventOp.Dialed:
        this.#events.dialed(handle, arg, endpointIdFromBytes(payload));
        break;
      case EventOp.Failed:
        this.#events.failed(handle, ending(flags, arg, payload));
        break;
      case EventOp.Down: {
        const fault = flags === 0 ? undefined : new TransportError("native", text(payload));
        const error = fault ?? new TransportError("closed", "the node is closed");
        for (const connection of [...this.#connections.values()]) connection.onClosed(error);
        this.#connections.clear();
        this.keepAlive.stop();
        forgetAtExit(this.native);
        this.#events.down(fault);
        break;
      }
    }
  }
}

function ending(kind: number, applicationCode: number, payload: Uint8Array): TransportError {
  const code = KINDS[kind - 1] ?? "closed";
  return applicationCode === NO_CODE
    ? new TransportError(code, text(payload))
    : new TransportError(code, text(payload), { applicationCode });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
