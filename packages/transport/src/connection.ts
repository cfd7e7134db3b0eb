import type { Channel, ChannelSink } from "./channel.ts";
import type { TransportError } from "./error.ts";

/** An endpoint id: an ed25519 public key as 64 lower-case hex characters. */
export type EndpointId = string;

export interface ConnectionStats {
  /** Channels that are open now, both directions. */
  readonly channels: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Smoothed round-trip time; 0 where there is no network in between. */
  readonly rttMs: number;
}

/** A proven, encrypted link to one peer under one ALPN. Whoever dialled or accepted it closes it. */
export interface Connection extends AsyncDisposable {
  readonly peer: EndpointId;
  readonly alpn: string;
  readonly side: "client" | "server";
  /** Both ends are in this process, and channels have {@link Channel.sendValue}. Default: false. */
  readonly passesValues?: boolean;
  /** The peer is part of this program: limits against misuse do not apply to it. Default: false. */
  readonly trusted?: boolean;
  /** Opens a channel at once, without a round trip. Its sink hears `closed` if the connection is already gone. */
  open(sink: ChannelSink): Channel;
  /**
   * Takes the channels the peer opens; `handler` must call `channel.read` before it returns, or the channel is refused.
   * Once only. Channels that came earlier wait, bounded by the stream limit.
   */
  accept(handler: (channel: Channel) => void): void;
  stats(): ConnectionStats;
  /**
   * Closes with an application code: `closed` settles, and open channels of both sides hear `closed`. With code 0, what was
   * sent and ended before arrives first, as far as the peer reads and answers within a second. Any other code cuts it off.
   */
  close(code?: number, reason?: string): void;
  /** Fulfils once, with why the connection ended; never rejects. */
  readonly closed: Promise<TransportError>;
}
