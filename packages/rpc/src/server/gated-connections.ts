import type { EndpointId } from "@aster/transport";

/** A connection whose calls need the admission of its peer. */
export interface GatedConnection {
  readonly peer: EndpointId;
  /** Ends the calls and sessions: the admission of the peer has ended. */
  lapse(): void;
}

/** The connections of a server whose calls need an admission, by peer. */
export class GatedConnections {
  readonly #byPeer = new Map<EndpointId, Set<GatedConnection>>();

  /** Holds a connection until `closed` settles. */
  add(connection: GatedConnection, closed: Promise<unknown>): void {
    const { peer } = connection;
    const ofPeer = this.#byPeer.get(peer) ?? new Set();
    this.#byPeer.set(peer, ofPeer.add(connection));
    void closed.then(() => {
      ofPeer.delete(connection);
      if (ofPeer.size === 0) this.#byPeer.delete(peer);
    });
  }

  /** Ends the calls and sessions of a peer. Its connections stay open. */
  lapse(peer: EndpointId): void {
    for (const connection of this.#byPeer.get(peer) ?? []) connection.lapse();
  }
}
