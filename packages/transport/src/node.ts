// The contract of nodes, for all transports: `createNode` makes one over QUIC, `memoryNetwork` one
// in memory.
import type { EndpointAddress, EndpointId } from "./address/endpoint.ts";
import type { AllowList, ClosedGateOptions } from "./allow-list.ts";
import type { Connection } from "./connection.ts";

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** The time for the whole dial, more than 0. `Infinity`: no limit. Default: 20 s. */
  readonly timeoutMs?: number | undefined;
  /**
   * Channels carry plain bytes instead of frames, as for the admission protocols. Default: false.
   */
  readonly raw?: boolean | undefined;
}

export interface NodeStats {
  /** Open connections, those of the linked protocols (`NodeOptions.protocols`) included. */
  readonly connections: number;
  /** Connections that the gate refused since the start. */
  readonly refused: number;
  readonly channels: number;
  /** Bytes in buffers of channels that cannot send or deliver yet, native ones included. */
  readonly queuedBytes: number;
  /** Native objects of this node; 0 on transports without a native side. */
  readonly nativeHandles: number;
  /**
   * The bytes of all packets, those of the linked protocols included, since the node was made. 0
   * after its close, and on transports without packets; the same for `receivedBytes`.
   */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/**
 * An incoming connection that the gate decides about. The handshake has proved the key of `peer`.
 */
export interface GateQuestion {
  readonly peer: EndpointId;
  readonly alpn: string;
}

/**
 * Decides whether a peer may connect (docs/wire.md, "Gate 0"). A gate that throws, or takes more
 * than 5 s, refuses the peer.
 */
export type Gate = (question: GateQuestion) => boolean | Promise<boolean>;

/**
 * An endpoint of this process: an ed25519 key, its sockets, and the protocols that it accepts.
 *
 * The node keeps the process alive only while it accepts connections, dials, or has open channels.
 */
export interface Node extends AsyncDisposable {
  readonly id: EndpointId;
  /** Returns the addresses at which the node can be reached now. */
  address(): EndpointAddress;
  /**
   * Dials a peer by address, `aster1…` ticket, base64 node address or endpoint id. Rejects with a
   * `TransportError`.
   */
  connect(
    address: EndpointAddress | string,
    alpn: string,
    options?: ConnectOptions,
  ): Promise<Connection>;
  /**
   * Accepts these ALPNs and yields every connection that passed the gate. Channels are framed, or
   * carry plain bytes for the ALPNs in `raw`. Ends when the node closes or the iterator is
   * returned. Throws a `TransportError` `"bind"` for an ALPN that is already accepted.
   *
   * At most 64 connections wait until the program takes them. The dials of further peers wait for
   * an accept slot, until they time out.
   */
  accept(
    alpns: readonly string[],
    options?: { readonly raw?: readonly string[] },
  ): AsyncIterableIterator<Connection>;
  /**
   * Sets the gate, which decides about every incoming connection on every ALPN, linked protocols
   * included. Without a gate every peer may connect.
   */
  gate(gate: Gate): void;
  /**
   * Closes the gate for all peers but those of the list that it returns, on every ALPN but
   * `openAlpns`, linked protocols included. A refused connection costs the program nothing. The
   * list is empty, and replaces that of an earlier call. A `gate` decides as well, about peers that
   * the list admits. Throws a `TransportError` `"option"`.
   */
  closeGate(options: ClosedGateOptions): AllowList;
  stats(): NodeStats;
  /**
   * Closes every connection with code 0, as {@link Connection.close} does, and frees the sockets.
   * Resolves when the peers have received what was sent and the close, within 2 s.
   */
  close(): Promise<void>;
}
