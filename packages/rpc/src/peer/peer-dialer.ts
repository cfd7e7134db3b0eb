import type { EndpointAddress } from "@aster/transport";
import type { PeerLink } from "../reconnect/peer-link.ts";
import { type Admitted, admitTo, type DialedPeer, type DialOptions, dial } from "./dial.ts";
import type { OpenedConnections } from "./opened-connections.ts";

/** The way of a client to a peer that answers its calls. */
export interface PeerDialer {
  /** Dials a peer, is admitted and opens the connection for calls. */
  dial(withinMs: number, signal: AbortSignal | undefined): Promise<DialedPeer>;
  /** Dials while the connection to `peer` is silent, preferably the same one. */
  probe(peer: string, withinMs: number, signal: AbortSignal): Promise<DialedPeer>;
  /** Requests admission to `peer` again, on a connection of its own. */
  readmit(peer: string, withinMs: number, signal: AbortSignal): Promise<Admitted>;
  /** The connection to another peer, which can take over at once. */
  readonly spare?: DialedPeer | undefined;
  /** The link uses this dialer from now on. */
  follow(link: PeerLink): void;
  /** Ends what the dialer does on its own, and the registry that it has joined. */
  close(): Promise<void>;
}

/** Dials one address. */
export function addressDialer(
  connections: OpenedConnections,
  target: EndpointAddress,
  choice: DialOptions,
): PeerDialer {
  const redial = (timeoutMs: number, signal: AbortSignal | undefined): Promise<DialedPeer> =>
    dial(connections, target, { ...choice, timeoutMs, signal });
  return {
    dial: redial,
    probe: (_, timeoutMs, signal) => redial(timeoutMs, signal),
    readmit: (_, timeoutMs, signal) =>
      admitTo(connections, target, { ...choice, again: true, timeoutMs, signal }),
    follow() {},
    async close() {},
  };
}
