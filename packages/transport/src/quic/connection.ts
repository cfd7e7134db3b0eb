// A QUIC connection, as channels and the program see it.
//
// The reactor creates it for an incoming connection, Dials for a dialed one. The native side refers
// to it by its handle. It ends with the CLOSED event of the reactor, which also ends its channels.
import type { EndpointId } from "../address/endpoint.ts";
import { type Channel, type ChannelSink, ResetCode } from "../channel.ts";
import type { BufferObserver, Connection, ConnectionStats } from "../connection.ts";
import { TransportError } from "../error.ts";
import { type Deferred, deferred } from "../signal.ts";
import { Slots } from "../slots.ts";
import { soon } from "../turns.ts";
import { Backlog } from "./backlog.ts";
import { Limit } from "./border.ts";
import { QuicChannel } from "./channel.ts";
import type { Commands } from "./commands.ts";
import type { DeliveryTurns, PeerTime, Turn } from "./delivery-turns.ts";
import type { Reactor } from "./reactor.ts";

/** Channels of both sides, far more than a peer allows: bounds a program that never waits. */
const MAX_CHANNELS = 65_536;

export interface ConnectionInit {
  readonly handle: number;
  readonly peer: EndpointId;
  readonly alpn: string;
  readonly side: "client" | "server";
  readonly raw: boolean;
  readonly remoteAddress?: string | undefined;
}

export class QuicConnection implements Connection, Turn {
  readonly handle: number;
  readonly peer: EndpointId;
  readonly alpn: string;
  readonly side: "client" | "server";
  readonly raw: boolean;
  readonly remoteAddress: string | undefined;
  readonly commands: Commands;
  readonly turns: DeliveryTurns;
  readonly time: PeerTime;
  readonly closed: Promise<TransportError>;
  readonly #reactor: Reactor;
  readonly #closed: Deferred<TransportError> = deferred();
  /** Resolves when the native side has finished the close handshake. */
  readonly #gone: Deferred<void> = deferred();
  #ended: TransportError | undefined;
  #closing: TransportError | undefined;
  readonly #channels = new Slots<QuicChannel>();
  #arrived: QuicChannel[] = [];
  #handler: ((channel: Channel) => void) | undefined;
  #observer: BufferObserver | undefined;
  #backlog: Backlog | undefined;
  #arriving = 0;
  #kept = 0;

  constructor(reactor: Reactor, init: ConnectionInit) {
    const { handle, peer, alpn, side, raw, remoteAddress } = init;
    this.#reactor = reactor;
    this.commands = reactor.commands;
    this.turns = reactor.turns;
    this.time = reactor.turns.join(peer);
    this.handle = handle;
    this.peer = peer;
    this.alpn = alpn;
    this.side = side;
    this.raw = raw;
    this.remoteAddress = remoteAddress;
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
      throw new TransportError("limit", "this connection already has a handler; it takes only one");
    }
    this.#handler = handler;
    if (this.#arrived.length === 0) return;
    soon(() => {
      const arrived = this.#arrived;
      this.#arrived = [];
      for (const channel of arrived) this.#offer(channel, handler);
    });
  }

  observe(observer: BufferObserver): void {
    if (this.#ended !== undefined) return;
    this.#observer = observer;
    this.commands.observe(this.handle);
    this.#backlog = new Backlog(
      () => this.commands.measureAll(this.handle),
      (change) => observer.unsent(change),
    );
    observer.kept(this.#kept);
    observer.arriving(this.#arriving);
  }

  stats(): ConnectionStats {
    const known = this.#reactor.connectionStats(this.handle);
    return {
      channels: this.#channels.size,
      sentBytes: known?.sentBytes ?? 0,
      receivedBytes: known?.receivedBytes ?? 0,
      rttMs: known?.rttMs ?? 0,
      paths: known?.paths.map(({ relay, ...path }) => ({ ...path, relayed: relay })) ?? [],
    };
  }

  close(code = 0, reason = ""): void {
    if (this.#ended !== undefined || this.#closing !== undefined) return;
    const why = reason === "" ? "" : `: ${JSON.stringify(reason)}`;
    const text = `this side closed the connection with code ${code}${why}`;
    this.#closing = new TransportError("closed", text, { applicationCode: code });
    const bytes = Buffer.from(reason).subarray(0, Limit.REASON_BYTES);
    this.commands.close(this.handle, code, bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    // Nothing else may keep the process alive until then.
    const { keepAlive } = this.#reactor;
    keepAlive.hold();
    await this.#gone.promise;
    keepAlive.release();
  }

  /** Frees the accept slot: the program has taken the connection. */
  taken(): void {
    this.commands.take(this.handle);
  }

  takeTurn(): boolean {
    return this.#reactor.deliver(this.handle);
  }

  /** The peer opened a channel. */
  onStream(handle: number): void {
    const channel = new QuicChannel(this, handle);
    this.#add(channel);
    if (this.#handler === undefined || this.#arrived.length > 0) this.#arrived.push(channel);
    else this.#offer(channel, this.#handler);
  }

  /** The end of a channel is reported when all that it sent has left. */
  get isObserved(): boolean {
    return this.#observer !== undefined;
  }

  /** A channel has sent bytes. */
  countSent(bytes: number): void {
    this.#backlog?.sent(bytes);
  }

  /** A part of what a channel sent is in the send buffer after its end. */
  unfinished(channel: QuicChannel): void {
    this.#observer?.unfinished(channel);
  }

  /** As `unfinished`, of a channel that is over here. */
  onUnsent(handle: number, bytes: number): void {
    if (this.#observer === undefined || this.#ended !== undefined) return;
    const channel = QuicChannel.unfinished(this, handle, bytes);
    this.#add(channel);
    this.#observer.unfinished(channel);
  }

  /** The native side has counted the bytes in the send buffers. */
  onBacklog(bytes: number, isAnswer: boolean): void {
    this.#backlog?.counted(bytes, isAnswer);
  }

  /** A frame of so many bytes may wait for its reader. */
  mayKeep(bytes: number): boolean {
    return this.#observer?.mayKeep(bytes) ?? true;
  }

  /** The bytes of frames that wait for their readers have changed. */
  countKept(change: number): void {
    this.#kept += change;
    this.#observer?.kept(change);
  }

  /** The native side has counted what has arrived and waits there. */
  onArriving(bytes: number): void {
    const change = bytes - this.#arriving;
    this.#arriving = bytes;
    if (change !== 0) this.#observer?.arriving(change);
  }

  /** The close handshake is over, or the connection was lost without one. */
  onGone(): void {
    this.#gone.resolve();
  }

  onClosed(error: TransportError): void {
    if (this.#ended !== undefined) return;
    this.#ended = this.#closing ?? error;
    this.#arrived = [];
    this.turns.leave(this.peer, this.time);
    // Before the channels, so that a caller whose call is lost finds the connection closed.
    this.#closed.resolve(this.#ended);
    for (const channel of this.#channels.list()) {
      channel.onLost(this.#ended);
      this.forget(channel);
    }
    this.#backlog?.drop();
    this.#backlog = undefined;
    this.onArriving(0);
  }

  /** Removes a channel that is over. */
  forget(channel: QuicChannel): void {
    if (channel.slot < 0) return;
    this.#channels.delete(channel);
    this.#reactor.forget(channel.handle);
  }

  #add(channel: QuicChannel): void {
    this.#channels.add(channel);
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
    if (this.#channels.size < MAX_CHANNELS) return undefined;
    return new TransportError(
      "limit",
      `this connection already has ${MAX_CHANNELS} channels; wait until calls have ended`,
    );
  }
}
