import type { Connection } from "./connection.ts";
import type { TransportError } from "./error.ts";

/**
 * What a channel tells its reader. Everything is called synchronously and in order.
 *
 * A sink that throws loses its channel: both halves are reset with {@link ResetCode.InternalError}.
 */
export interface ChannelSink {
  /**
   * One whole frame (docs/wire.md, "Frames"); on a raw ALPN, one piece of the byte stream with `flags` 0.
   * `payload` is a view into transport memory that is valid only until this returns: decode it or copy it.
   */
  frame(flags: number, payload: Uint8Array): void;
  /** One value that the peer handed over with {@link Channel.sendValue}. Sinks of other connections need not have it. */
  value?(value: unknown): void;
  /** The peer ended its half between two frames: nothing more will come. */
  end(): void;
  /**
   * The peer broke the framing rules (`error.code` is `"frame"`). No more frames will come; our own half still works,
   * so that the peer can be told why.
   */
  malformed(error: TransportError): void;
  /** The peer no longer reads what we send (STOP_SENDING). What is still sent is discarded; reading goes on. */
  stopped(code: number): void;
  /** The channel is lost: the peer reset its half, or the connection is gone. The last call on this sink. */
  closed(error: TransportError): void;
}

/**
 * One bidirectional QUIC stream, cut into frames: a call or a session.
 *
 * Nothing is buffered without bound: a paused channel stops reading from the network once its window is full, and `send`
 * says when its own buffer is.
 * A channel is freed when both halves have ended, or at `reset`; nobody has to close it after that.
 */
export interface Channel {
  readonly connection: Connection;
  /** Names the sink of an accepted channel and starts delivery. Once only; a channel made by `open` has its sink already. */
  read(sink: ChannelSink): void;
  /**
   * Sends one frame and, with `end`, ends our half after it. The bytes are copied before this returns, and everything sent in
   * one turn of the event loop leaves together. Returns `false` when the send buffer is full: wait for {@link Channel.drained}.
   * After the channel is lost or reset this does nothing and returns `true`.
   */
  send(flags: number, payload: Uint8Array, end?: boolean): boolean;
  /**
   * Hands one value to the reader as it is, in place of a frame; otherwise as {@link Channel.send}. Only for connections with
   * {@link Connection.passesValues}; elsewhere it is missing or throws {@link TransportError} `"limit"`.
   */
  sendValue?(value: unknown, end?: boolean): boolean;
  /** Ends our half without another frame (QUIC FIN). Harmless when it has ended already. */
  end(): void;
  /** Resolves when there is room to send again, or when the channel is over: the sink is told how it ended. */
  drained(): Promise<void>;
  /** No more frames until {@link Channel.resume}; frames that were under way are kept for then. */
  pause(): void;
  resume(): void;
  /** Gives both halves up at once (RESET_STREAM and STOP_SENDING with `code`). The sink hears nothing more. */
  reset(code: number): void;
  /** Asks the peer to stop sending (STOP_SENDING) and drops what still arrives; our own half goes on. */
  stop(code: number): void;
}

/** Application error codes used on QUIC streams (docs/wire.md, "Stream codes"). */
export const ResetCode = {
  NoError: 0,
  Cancelled: 1,
  RefusedStream: 8,
  InternalError: 13,
} as const;
export type ResetCode = (typeof ResetCode)[keyof typeof ResetCode];
