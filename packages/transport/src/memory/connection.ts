import type { EndpointId } from "../address/endpoint.ts";
import { type Channel, type ChannelSink, ResetCode } from "../channel.ts";
import type { Connection, ConnectionStats } from "../connection.ts";
import { DEFAULT_MAX_CHANNELS } from "../defaults.ts";
import { TransportError } from "../error.ts";
import type { Slab } from "../slab.ts";
import { MemoryChannel } from "./channel.ts";
import type { Deliveries, Recipient } from "./deliveries.ts";
import type { Link, LinkEnd } from "./link.ts";
import { Slots } from "./slots.ts";

const MAX_REASON_CHARS = 200;

/** One side of a connection between two nodes of a memory network. */
export class MemoryConnection implements Connection, Recipient {
  readonly peer: EndpointId;
  readonly alpn: string;
  readonly side: "client" | "server";
  readonly closed: Promise<TransportError>;
  readonly other: MemoryConnection;
  readonly raw: boolean;
  readonly deliveries: Deliveries;
  readonly slab: Slab;

  readonly #end: LinkEnd;
  readonly #settle: (error: TransportError) => void;
  readonly #channels = new Slots<MemoryChannel>();
  readonly #waiting = new Set<MemoryChannel>();
  /** Channels that may still be opened, as in QUIC; the next ones wait for a place. */
  #places = DEFAULT_MAX_CHANNELS;
  #arrived: MemoryChannel[] = [];
  #handler: ((channel: Channel) => void) | undefined;
  #ended: TransportError | undefined;
  #sentBytes = 0;
  #receivedBytes = 0;

  /** Makes both sides: called for the client, whose `other` is the server's. */
  constructor(link: Link, other?: MemoryConnection) {
    this.side = other === undefined ? "client" : "server";
    this.#end = link[this.side];
    this.peer = link[this.side === "client" ? "server" : "client"].id;
    this.alpn = link.alpn;
    this.raw = this.#end.raw;
    this.deliveries = link.deliveries;
    this.slab = link.slab;
    let settle: (error: TransportError) => void = () => {};
    this.closed = new Promise((resolve) => {
      settle = resolve;
    });
    this.#settle = settle;
    this.other = other ?? new MemoryConnection(link, this);
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
    if (this.#places > 0) this.#admit(channel);
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
    const why = `with code ${code}${reason && `: ${JSON.stringify(reason.slice(0, MAX_REASON_CHARS))}`}`;
    const applicationCode = { applicationCode: code };
    this.#finish(new TransportError("closed", `we closed the connection ${why}`, applicationCode));
    const told = new TransportError(
      "closed",
      `the peer closed the connection ${why}`,
      applicationCode,
    );
    if (code === 0) this.other.#finishAfterLastWords(told);
    else this.other.#finish(told);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Hands the channels that have arrived to the handler. */
  deliver(): void {
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const channel of arrived) {
      if (this.#ended === undefined) this.#hand(channel);
    }
  }

  /** A channel the peer opened has something to read. */
  arrive(channel: MemoryChannel): void {
    if (this.#ended !== undefined) return;
    this.#channels.add(channel);
    this.#arrived.push(channel);
    if (this.#handler !== undefined && this.#arrived.length === 1) this.deliveries.schedule(this);
  }

  /** A channel's end at this side is over. */
  forget(channel: MemoryChannel): void {
    this.#channels.delete(channel);
  }

  /** A channel that was opened here is over at both ends: its place is free. */
  release(channel: MemoryChannel): void {
    if (!channel.admitted) {
      this.#waiting.delete(channel);
      return;
    }
    this.#places += 1;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#admit(next);
  }

  countSent(bytes: number): void {
    this.#sentBytes += bytes;
  }

  countReceived(bytes: number): void {
    this.#receivedBytes += bytes;
  }

  /** What was sent and ended before an orderly close is delivered, unless nobody reads it now. */
  #finishAfterLastWords(error: TransportError): void {
    if (this.#ended !== undefined) return;
    const unheard = this.#handler !== undefined && this.#arrived.some((channel) => channel.ended);
    if (unheard || this.#channels.list().some((channel) => channel.hasLastWords)) {
      this.deliveries.schedule({ deliver: () => this.#finishAfterLastWords(error) });
    } else {
      this.#finish(error);
    }
  }

  #admit(channel: MemoryChannel): void {
    this.#places -= 1;
    channel.admit();
  }

  #hand(channel: MemoryChannel): void {
    try {
      this.#handler?.(channel);
      if (!channel.hasSink) channel.reset(ResetCode.RefusedStream);
    } catch {
      channel.reset(ResetCode.InternalError);
    }
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
