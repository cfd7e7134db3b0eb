import { type Channel, type ChannelSink, ResetCode } from "../channel.ts";
import type { Connection, ConnectionStats, EndpointId } from "../connection.ts";
import { TransportError } from "../error.ts";
import { QuicChannel } from "./channel.ts";
import type { Commands } from "./commands.ts";
import { type Deferred, deferred } from "./deferred.ts";
import type { Reactor } from "./reactor.ts";

const MAX_CHANNELS = 65_536;
const MAX_REASON_BYTES = 256;

export interface LinkInit {
  readonly handle: number;
  readonly peer: EndpointId;
  readonly alpn: string;
  readonly side: "client" | "server";
  readonly raw: boolean;
}

export class QuicConnection implements Connection {
  readonly handle: number;
  readonly peer: EndpointId;
  readonly alpn: string;
  readonly side: "client" | "server";
  readonly raw: boolean;
  readonly commands: Commands;
  readonly closed: Promise<TransportError>;
  readonly #reactor: Reactor;
  readonly #closed: Deferred<TransportError> = deferred();
  #ended: TransportError | undefined;
  #closing: TransportError | undefined;
  #channels = 0;
  #arrived: QuicChannel[] = [];
  #handler: ((channel: Channel) => void) | undefined;

  constructor(reactor: Reactor, { handle, peer, alpn, side, raw }: LinkInit) {
    this.#reactor = reactor;
    this.commands = reactor.commands;
    this.handle = handle;
    this.peer = peer;
    this.alpn = alpn;
    this.side = side;
    this.raw = raw;
    this.closed = this.#closed.promise;
  }

  open(sink: ChannelSink): Channel {
    const channel = new QuicChannel(this, this.#reactor.nextHandle(), sink);
    const refused = this.#ended ?? this.#closing ?? this.#tooMany();
    if (refused === undefined) this.#add(channel);
    else channel.loseLater(refused);
    return channel;
  }

  accept(handler: (channel: Channel) => void): void {
    if (this.#handler !== undefined) {
      throw new TransportError("limit", "this connection has its handler already: it takes one");
    }
    this.#handler = handler;
    if (this.#arrived.length === 0) return;
    queueMicrotask(() => {
      const arrived = this.#arrived;
      this.#arrived = [];
      for (const channel of arrived) this.#offer(channel, handler);
    });
  }

  stats(): ConnectionStats {
    const known = this.#reactor.linkStats(this.handle);
    return {
      channels: this.#channels,
      sentBytes: known?.sentBytes ?? 0,
      receivedBytes: known?.receivedBytes ?? 0,
      rttMs: known?.rttMs ?? 0,
    };
  }

  close(code = 0, reason = ""): void {
    if (this.#ended !== undefined || this.#closing !== undefined) return;
    const text = reason === "" ? "" : `: ${JSON.stringify(reason)}`;
    this.#closing = new TransportError(
      "closed",
      `we closed the connection with code ${code}${text}`,
      {
        applicationCode: code,
      },
    );
    const bytes = Buffer.from(reason).subarray(0, MAX_REASON_BYTES);
    this.commands.close(this.handle, code, bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** The program has it: its seat among those that wait is free. */
  taken(): void {
    this.commands.take(this.handle);
  }

  /** The peer opened a channel. */
  onStream(handle: number): void {
    const channel = new QuicChannel(this, handle);
    this.#add(channel);
    if (this.#handler === undefined || this.#arrived.length > 0) this.#arrived.push(channel);
    else this.#offer(channel, this.#handler);
  }

  onClosed(error: TransportError): void {
    if (this.#ended !== undefined) return;
    this.#ended = this.#closing ?? error;
    this.#arrived = [];
    // first, so that whoever loses a call finds the loss of the connection known
    this.#closed.resolve(this.#ended);
    this.#reactor.loseChannels(this, this.#ended);
  }

  forget(channel: QuicChannel): void {
    if (this.#reactor.forget(channel.handle)) this.#channels -= 1;
  }

  #add(channel: QuicChannel): void {
    this.#channels += 1;
    this.#reactor.add(channel);
  }

  #offer(channel: QuicChannel, handler: (channel: Channel) => void): void {
    try {
      handler(channel);
    } catch {
      channel.reset(ResetCode.InternalError);
      return;
    }
    if (!channel.hasSink) channel.reset(ResetCode.RefusedStream);
  }

  #tooMany(): TransportError | undefined {
    if (this.#channels < MAX_CHANNELS) return undefined;
    return new TransportError(
      "limit",
      `this connection has ${MAX_CHANNELS} channels already: wait until calls have ended`,
    );
  }
}
