import type { EndpointAddress } from "./address.ts";
import type { Connection, EndpointId } from "./connection.ts";

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** Default 20 000. */
  readonly timeoutMs?: number;
  /** Channels carry plain bytes instead of frames (the admission protocols). Default false. */
  readonly raw?: boolean;
}

export interface NodeStats {
  readonly connections: number;
  readonly channels: number;
  /** Bytes held for channels that cannot send or deliver yet, native side included. */
  readonly queuedBytes: number;
  /** Objects the native side holds for this node; 0 on transports without one. */
  readonly nativeHandles: number;
}

/** What Gate 0 is asked about every connection, after the QUIC handshake proved the key. */
export interface GateQuestion {
  readonly peer: EndpointId;
  readonly alpn: string;
}

/** Answers Gate 0. A gate that throws or takes more than 5 s has said no. */
export type Gate = (question: GateQuestion) => boolean | Promise<boolean>;

/**
 * One endpoint of ours: an ed25519 key, its sockets, and the protocols it answers.
 *
 * The node keeps the process alive while it listens or while calls are in flight, and not otherwise.
 */
export interface Node extends AsyncDisposable {
  readonly id: EndpointId;
  /** Where others can reach us now. */
  address(): EndpointAddress;
  /**
   * Dials a peer: an address, `aster1…` ticket, base64 node address or endpoint id. Rejects with
   * `TransportError`.
   */
  connect(
    address: EndpointAddress | string,
    alpn: string,
    options?: ConnectOptions,
  ): Promise<Connection>;
  /**
   * Answers these ALPNs (framed channels, or raw byte channels for those listed in `raw`) and yields every connection
   * that passed the gate. Ends when the node closes or the iterator is returned. At most 64 connections wait to be taken;
   * further dials wait for a seat, until their own time is up.
   */
  accept(
    alpns: readonly string[],
    options?: { readonly raw?: readonly string[] },
  ): AsyncIterableIterator<Connection>;
  /** Asks `gate` about every incoming connection on every ALPN, blobs, docs and gossip included. Without one all may enter. */
  gate(gate: Gate): void;
  stats(): NodeStats;
  /**
   * Closes every connection with code 0, as {@link Connection.close} does, and frees the sockets. Resolves when the peers
   * have what was sent and have been told, within 2 s.
   */
  close(): Promise<void>;
}
