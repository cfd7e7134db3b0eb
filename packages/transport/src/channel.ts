// The contract of channels, for all transports: `quic/channel.ts` and `memory/channel.ts` implement
// it, and the protocols of `@aster/rpc` and `@aster/trust` are written against it.
import type { Connection } from "./connection.ts";
import type { TransportError } from "./error.ts";

/**
 * The reader of a channel. The channel calls it synchronously and in order.
 *
 * A sink that throws loses its channel: both halves are reset with {@link ResetCode.InternalError}.
 */
export interface ChannelSink {
  /**
   * One whole frame (docs/wire.md, "Frames"). On a raw ALPN, one piece of the byte stream with
   * `flags` 0. `payload` is a view into memory of the transport, valid only until this returns:
   * decode or copy it.
   */
  frame(flags: number, payload: Uint8Array): void;
  /**
   * One value that the peer passed with {@link Channel.sendValue}. Sinks of connections without
   * `passesValues` need not have it.
   */
  value?(value: unknown): void;
  /** The peer ended its half between two frames. No more frames will come. */
  end(): void;
  /**
   * The peer broke the framing rules (`error.code` is `"frame"`), or too many frames wait for this
   * sink (`"limit"`). No more frames will come. The sending half still works, so that the peer can
   * get an error.
   */
  malformed(error: TransportError): void;
  /** The peer stopped reading (STOP_SENDING). What is still sent is discarded; reading goes on. */
  stopped(code: number): void;
  /**
   * The channel is lost: the peer reset its half, or the connection ended. The last call on this
   * sink.
   */
  closed(error: TransportError): void;
}

/**
 * One bidirectional QUIC stream, cut into frames: a call or a session.
 *
 * All buffers are bounded. A paused channel stops reading from the network when its window is full,
 * and `send` returns `false` when the send buffer is full. A channel is freed when both halves have
 * ended, or at `reset`. It needs no other close.
 */
export interface Channel {
  readonly connection: Connection;
  /**
   * Sets the sink of an accepted channel and starts delivery. Once only; `open` sets the sink
   * itself.
   */
  read(sink: ChannelSink): void;
  /**
   * Sends one frame and, with `end`, ends the sending half after it. The bytes are copied before
   * this returns. All that is sent in one turn of the event loop leaves together.
   *
   * Returns `false` when the send buffer is full: wait for {@link Channel.drained}. After the
   * channel is lost or reset, it does nothing and returns `true`. Throws a `TransportError`
   * `"limit"` for a payload over 16 MiB, and over QUIC when 64 MiB are unsent.
   */
  send(flags: number, payload: Uint8Array, end?: boolean): boolean;
  /**
   * Passes one value to the reader unencoded, in place of a frame; otherwise like
   * {@link Channel.send}. Exists on connections with {@link Connection.passesValues} only; on
   * others it is missing or throws a `TransportError` `"limit"`.
   */
  sendValue?(value: unknown, end?: boolean): boolean;
  /** Ends the sending half without another frame (QUIC FIN). No-op when it has ended. */
  end(): void;
  /**
   * Resolves when the send buffer has room, or when the channel is over; the sink gets the reason.
   * After the end of the sending half, on a connection with an observer: when all has left.
   */
  drained(): Promise<void>;
  /** Counts the bytes in the send buffer exactly. Resolves with 0 when the channel is over. */
  measureUnsent?(): Promise<number>;
  /**
   * Runs work that may take long in a turn of the event loop that its peer gets, after the events
   * of others. It must not throw.
   */
  later?(work: () => void): void;
  /** Holds frames back until {@link Channel.resume}, those that have already arrived included. */
  pause(): void;
  resume(): void;
  /**
   * Ends both halves at once (RESET_STREAM and STOP_SENDING with `code`). The sink is not called
   * again.
   */
  reset(code: number): void;
  /**
   * Asks the peer to stop sending (STOP_SENDING) and drops what still arrives. The sending half
   * goes on.
   */
  stop(code: number): void;
}

/** Application error codes of QUIC streams (docs/wire.md, "Stream codes"). */
export const ResetCode = {
  /** No more data is needed, and nothing failed. */
  NoError: 0,
  /** The call was cancelled. */
  Cancelled: 1,
  /** The stream was not processed and can be tried again. */
  RefusedStream: 8,
  /** The receiver failed. The connection stays open. */
  InternalError: 13,
} as const;
export type ResetCode = (typeof ResetCode)[keyof typeof ResetCode];
