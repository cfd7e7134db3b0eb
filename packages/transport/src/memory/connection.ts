import type { EndpointId } from "../address/endpoint.ts";
import type { Channel, ChannelSink } from "../channel.ts";
import type { Connection, ConnectionStats } from "../connection.ts";
import { TransportError } from "../error.ts";
import { oneLine } from "../one-line.ts";
import type { Slab } from "../slab.ts";
import { Slots } from "../slots.ts";
import { MemoryChannel } from "./channel.ts";
import type { Deliveries, Recipient } from "./deliveries.ts";
import type { Pipe, PipeEnd } from "./pipe.ts";

const MAX_REASON_CHARS = 200;

/**
 * One side of a connection within this process: between two memory nodes, or between two parts of a
 * program.
 *
 * Both sides are made together and know each other. A side hands the channels that the peer opened
 * to the handler of `accept`, limits the channels that it opens itself, and ends when either side
 * is closed.
 */
export class MemoryConnection implements Connection, Recipient {
  readonly peer: EndpointId;
  readonly alpn: string;
  readonly side: "client" | "server";
  readonly passesValues: boolean;
  readonly trusted: boolean;
  readonly closed: Promise<TransportError>;
  readonly other: MemoryConnection;
  readonly raw: boolean;
  readonly deliveries: Deliveries;
  readonly slab: Slab;

  readonly #end: PipeEnd;
  readonly #settle: (error: TransportError) => void;
  readonly #channels = new Slots<MemoryChannel>();
  readonly #waiting = new Set<MemoryChannel>();
  /** Channels that may still be opened, as in QUIC; further ones wait until one is over. */
  #capacity: number;
  #arrived: MemoryChannel[] = [];
  #handler: ((channel: Channel) => void) | undefined;
  #ended: TransportError | undefined;
  #sentBytes = 0;
  #receivedBytes = 0;

  /** Makes both sides. Callers get the client's side, whose `other` is the server's. */
  constructor(pipe: Pipe, other?: MemoryConnection) {
    this.side = other === undefined ? "client" : "server";
    this.#end = pipe[this.side];
    this.peer = pipe[this.side === "client" ? "server" : "client"].id;
    this.alpn = pipe.alpn;
    this.passesValues = pipe.passesValues;
    this.trusted = pipe.trusted;
    this.raw = this.#end.raw;
    this.deliveries = pipe.deliveries;
    this.slab = pipe.slab;
    this.#capacity = pipe.maxChannels;
    let settle: (error: TransportError) => void = () => {};
    this.closed = new Promise((resolve) => {
      settle = resolve;
    });
    this.#settle = settle;
    this.other = other ?? new MemoryConnection(pipe, this);
  }

  get queuedBytes(): number {
    let bytes = 0;
    for (const channel of this.#channels.list()) bytes += channel.queuedBytes;
    return bytes;
  }

  open(sink: ChannelSink): Channel {
    const channel = new MemoryChannel(this);
    channel.read(sink);
    if (this.#ended !== undefined) {
      channel.connectionLost(this.#ended);
      return channel;
    }
    this.#channels.add(channel);
    if (this.#capacity > 0) this.#admit(channel);
    else this.#waiting.add(channel);
    return channel;
  }

  accept(handler: (channel: Channel) => void): void {
    if (this.#handler !== undefined) {
      throw new TransportError("limit", "this connection has its handler already: it takes one");
    }
    this.#handler = handler;
    if (this.#arrived.length > 0) this.deliveries.schedule(this);
  }

  stats(): ConnectionStats {
    return {
      channels: this.#channels.size,
      sentBytes: this.#sentBytes,
      receivedBytes: this.#receivedBytes,
      rttMs: 0,
    };
  }

  close(code = 0, reason = ""): void {
    const why = `with code ${code}${reason && `: ${oneLine(JSON.stringify(reason.slice(0, MAX_REASON_CHARS)))}`}`;
    const applicationCode = { applicationCode: code };
    this.#finish(
      new TransportError("closed", `this side closed the connection ${why}`, applicationCode),
    );
    const error = new TransportError(
      "closed",
      `the peer closed the connection ${why}`,
      applicationCode,
    );
    if (code === 0) this.other.#finishWhenDelivered(error);
    else this.other.#finish(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.other.closed;
  }

  /** Hands the channels that have arrived to the handler. */
  deliver(): void {
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const channel of arrived) {
      if (this.#ended === undefined && this.#handler !== undefined) channel.handTo(this.#handler);
    }
  }

  /** A channel that the peer opened has something to read. */
  arrive(channel: MemoryChannel): void {
    if (this.#ended !== undefined) return;
    this.#channels.add(channel);
    this.#arrived.push(channel);
    if (this.#handler !== undefined && this.#arrived.length === 1) this.deliveries.schedule(this);
  }

  /** The end of a channel at this side is over. */
  forget(channel: MemoryChannel): void {
    this.#channels.delete(channel);
  }

  /** A channel that was opened here is over at both ends: another one may be opened. */
  release(channel: MemoryChannel): void {
    if (!channel.admitted) {
      this.#waiting.delete(channel);
      return;
    }
    this.#capacity += 1;
    if (this.#waiting.size > 0) this.#admitNext();
  }

  countSent(bytes: number): void {
    this.#sentBytes += bytes;
  }

  countReceived(bytes: number): void {
    this.#receivedBytes += bytes;
  }

  /**
   * Channels whose peer ended its half before an orderly close are delivered first, unless they are
   * not being read.
   */
  #finishWhenDelivered(error: TransportError): void {
    if (this.#ended !== undefined) return;
    const unread = this.#handler !== undefined && this.#arrived.some((channel) => channel.ended);
    if (unread || this.#channels.list().some((channel) => channel.isEnding)) {
      this.deliveries.schedule({ deliver: () => this.#finishWhenDelivered(error) });
    } else {
      this.#finish(error);
    }
  }

  #admitNext(): void {
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#admit(next);
  }

  #admit(channel: MemoryChannel): void {
    this.#capacity -= 1;
    channel.admit();
  }

  #finish(error: TransportError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#arrived = [];
    this.#waiting.clear();
    for (const channel of this.#channels.list()) {
      this.#channels.delete(channel);
      channel.connectionLost(error);
    }
    this.#settle(error);
    this.#end.forget(this);
  }
}
