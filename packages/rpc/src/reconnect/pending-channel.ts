import { type Channel, type ChannelSink, type Connection, TransportError } from "@aster/transport";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";

interface HeldFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
  readonly end: boolean;
}

/**
 * The bytes that a call may send before there is a connection, as many as the send window of a
 * channel.
 */
const WINDOW_BYTES = 256 * 1024;
/** Calls that may wait for a connection; each of them holds a channel and its frames in memory. */
const MAX_PENDING = 65_536;

/**
 * Decides whether a channel can be opened on a connection: at once, or when the promise resolves.
 * Throws, or rejects, when it cannot.
 */
export type ChannelCheck = (connection: Connection) => Promise<void> | undefined;

export interface PendingChannelsOptions {
  /** Called when the last waiting channel was reset. */
  onNone(): void;
  /** Returns `true` for the connection that new channels use. */
  isCurrent(connection: Connection): boolean;
  /** Called when a channel needs another connection, because its own was lost during a check. */
  onLost(): void;
}

/** The channels of one client that wait for its next connection, or for a check of this one. */
export class PendingChannels {
  readonly #channels = new Set<PendingChannel>();
  readonly #options: PendingChannelsOptions;

  constructor(options: PendingChannelsOptions) {
    this.#options = options;
  }

  /** Returns `true` for a channel that waits for a check, not for a connection. */
  isChecked(channel: Channel): boolean {
    return channel instanceof PendingChannel && channel.checkedOn !== undefined;
  }

  get size(): number {
    return this.#channels.size;
  }

  has(channel: Channel): boolean {
    return channel instanceof PendingChannel && this.#channels.has(channel);
  }

  /**
   * Opens a channel that waits for a connection, on which `check` is then called. Throws
   * RESOURCE_EXHAUSTED when too many channels wait.
   */
  open(opener: Connection, sink: ChannelSink, check: ChannelCheck): PendingChannel {
    if (this.#channels.size >= MAX_PENDING) {
      throw new RpcError(
        StatusCode.RESOURCE_EXHAUSTED,
        `${MAX_PENDING} calls wait for a connection already; wait until some of them have ended`,
      );
    }
    const channel = new PendingChannel(opener, sink, check, this.#remove);
    this.#channels.add(channel);
    return channel;
  }

  attach(connection: Connection): void {
    for (const channel of this.#take()) {
      try {
        const checking = channel.check(connection);
        if (checking === undefined) channel.attach(connection);
        else this.hold(channel, connection, checking);
      } catch (error) {
        channel.fail(carrying(RpcError.from(error)));
      }
    }
  }

  /** Attaches a channel to the connection when its check has passed. */
  hold(channel: PendingChannel, connection: Connection, checking: Promise<void>): void {
    this.#channels.add(channel);
    channel.checkedOn = connection;
    checking.then(
      () => this.#checked(channel, connection),
      (error) => this.#checked(channel, connection, RpcError.from(error)),
    );
  }

  #checked(channel: PendingChannel, connection: Connection, error?: RpcError): void {
    // reset, failed, or checked on a later connection
    if (!this.#channels.has(channel) || channel.checkedOn !== connection) return;
    channel.checkedOn = undefined;
    if (!this.#options.isCurrent(connection) && channel.outlivesLoss()) {
      this.#options.onLost();
      return;
    }
    this.#channels.delete(channel);
    try {
      if (error !== undefined) throw error;
      channel.attach(connection);
    } catch (reason) {
      channel.fail(carrying(RpcError.from(reason)));
    }
  }

  fail(error: RpcError): void {
    for (const channel of this.#take()) channel.fail(carrying(error));
  }

  #take(): PendingChannel[] {
    const channels = [...this.#channels];
    this.#channels.clear();
    return channels;
  }

  readonly #remove = (channel: PendingChannel): void => {
    this.#channels.delete(channel);
    if (this.#channels.size === 0) this.#options.onNone();
  };
}

/**
 * A channel that was opened before there was a connection. It holds what is sent, then passes
 * everything on.
 */
export class PendingChannel implements Channel {
  readonly check: ChannelCheck;
  /** The connection of a check that has not ended. */
  checkedOn: Connection | undefined;
  readonly #opener: Connection;
  readonly #sink: ChannelSink;
  readonly #onReset: (channel: PendingChannel) => void;
  #inner: Channel | undefined;
  #held: HeldFrame[] = [];
  #heldBytes = 0;
  #ended = false;
  #paused = false;
  #stopCode: number | undefined;
  #over = false;
  #lost = false;
  #drained: (() => void)[] = [];

  constructor(
    opener: Connection,
    sink: ChannelSink,
    check: ChannelCheck,
    onReset: (channel: PendingChannel) => void,
  ) {
    this.#opener = opener;
    this.check = check;
    this.#sink = sink;
    this.#onReset = onReset;
  }

  /** The transport connection, once there is one. */
  get connection(): Connection {
    return this.#inner?.connection ?? this.#opener;
  }

  /** Returns `true` once, so that a peer cannot keep a call waiting by closing connections. */
  outlivesLoss(): boolean {
    const first = !this.#lost;
    this.#lost = true;
    return first;
  }

  attach(connection: Connection): void {
    if (this.#over) return;
    const inner = connection.open(this.#sink);
    this.#inner = inner;
    if (this.#paused) inner.pause();
    for (const { flags, payload, end } of this.#held) inner.send(flags, payload, end);
    if (this.#ended && !this.#held.at(-1)?.end) inner.end();
    if (this.#stopCode !== undefined) inner.stop(this.#stopCode);
    this.#held = [];
    for (const resolve of this.#drained.splice(0)) void inner.drained().then(resolve);
  }

  /** There will be no connection for this channel. */
  fail(error: TransportError): void {
    if (this.#over || this.#inner !== undefined) return;
    this.#finish();
    this.#sink.closed(error);
  }

  read(): void {
    throw new TypeError("this channel has its sink already: only accepted channels take one");
  }

  send(flags: number, payload: Uint8Array, end = false): boolean {
    if (this.#inner !== undefined) return this.#inner.send(flags, payload, end);
    if (this.#over || this.#ended) return true;
    this.#held.push({ flags, payload: payload.slice(), end });
    this.#heldBytes += payload.length;
    this.#ended = end;
    return this.#heldBytes < WINDOW_BYTES;
  }

  end(): void {
    if (this.#inner !== undefined) this.#inner.end();
    else this.#ended = true;
  }

  drained(): Promise<void> {
    if (this.#inner !== undefined) return this.#inner.drained();
    if (this.#over || this.#heldBytes < WINDOW_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  pause(): void {
    this.#paused = true;
    this.#inner?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#inner?.resume();
  }

  reset(code: number): void {
    if (this.#inner !== undefined) this.#inner.reset(code);
    else if (!this.#over) {
      this.#finish();
      this.#onReset(this);
    }
  }

  stop(code: number): void {
    if (this.#inner !== undefined) this.#inner.stop(code);
    else this.#stopCode = code;
  }

  #finish(): void {
    this.#over = true;
    this.#held = [];
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

/** Sinks take transport errors; `RpcError.from` gets the error inside back. Nothing was sent. */
function carrying(error: RpcError): TransportError {
  return new TransportError("closed", error.message, { cause: error, unprocessed: true });
}
