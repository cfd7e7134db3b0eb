// The contract of connections, for all transports. A node creates one per dial and per accepted
// peer.
import type { EndpointId } from "./address/endpoint.ts";
import type { Channel, ChannelSink } from "./channel.ts";
import type { TransportError } from "./error.ts";

/** A path of packets between two nodes. A connection may have several and uses one. */
export interface PathStats {
  /** The `ip:port` of the peer, or the URL of the relay. */
  readonly address: string;
  /** The packets pass a relay, which cannot read them. */
  readonly relayed: boolean;
  /** The connection sends on this path. */
  readonly selected: boolean;
  readonly rttMs: number;
}

export interface ConnectionStats {
  /** Open channels, of both sides. */
  readonly channels: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Smoothed round-trip time; 0 without a network. */
  readonly rttMs: number;
  /** Not set without a network. */
  readonly paths?: readonly PathStats[];
}

/** The observer of what the transport keeps for the peer of a connection, to limit it. */
export interface BufferObserver {
  /** The bytes in the send buffers of all channels have changed by so many. Exact to one MiB. */
  unsent(change: number): void;
  /**
   * A channel has ended its sending half, and a part of what it sent is still in the send buffer.
   * `channel` may be another object than the one that has sent it. When the part has left,
   * `channel.drained()` resolves.
   */
  unfinished(channel: Channel): void;
  /**
   * The bytes that have arrived and are not complete frames, or for whose stream no more may be
   * read, have changed by so many. Exact to 64 KiB, after some milliseconds.
   */
  arriving(change: number): void;
  /**
   * The memory of frames that wait in their channels has changed by so many bytes: because these
   * are paused, or because it is not their turn.
   */
  kept(change: number): void;
  /**
   * Decides if one more frame may wait on a paused channel. With `false` its sink gets `malformed`
   * with the code `limit`, and the peer is asked to stop sending.
   */
  mayKeep(bytes: number): boolean;
}

/**
 * An encrypted connection to one peer, under one ALPN. The handshake has proved the peer's key. The
 * program that dialed or accepted it closes it.
 */
export interface Connection extends AsyncDisposable {
  readonly peer: EndpointId;
  readonly alpn: string;
  readonly side: "client" | "server";
  /**
   * The `ip:port` from which the peer connected. Undefined for a connection that this side dialed,
   * that came through a relay, or in memory.
   */
  readonly remoteAddress?: string | undefined;
  /** Both ends are in this process, and channels have {@link Channel.sendValue}. Default: false. */
  readonly passesValues?: boolean;
  /** The peer is part of this program: limits against misuse do not apply to it. Default: false. */
  readonly trusted?: boolean;
  /**
   * Opens a channel at once, without a round trip. On a connection that has ended, the sink gets
   * `closed` soon after.
   */
  open(sink: ChannelSink): Channel;
  /**
   * Sets the handler of channels that the peer opens. Once only. The handler must call
   * `channel.read` before it returns, or the channel is refused. Channels that arrived earlier wait
   * for it, up to the limit of open channels.
   */
  accept(handler: (channel: Channel) => void): void;
  /**
   * Sets the observer of the send buffers. Once only. Connections within a process, which have no
   * such buffers, do not have it.
   */
  observe?(observer: BufferObserver): void;
  stats(): ConnectionStats;
  /**
   * Closes with an application code: `closed` settles, and open channels of both sides get
   * `closed`.
   *
   * With code 0, what was sent and ended before is delivered first, if the peer reads and
   * acknowledges it within a second. With any other code it is discarded.
   */
  close(code?: number, reason?: string): void;
  /**
   * Closes with code 0, unless the connection has ended. Resolves when the close handshake is over,
   * at most about a second later: then everything that was ended before has been delivered, and the
   * peer does not count the connection any more.
   */
  [Symbol.asyncDispose](): PromiseLike<void>;
  /** Resolves with the reason when the connection ends. Never rejects. */
  readonly closed: Promise<TransportError>;
}
