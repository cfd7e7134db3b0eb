import { type Connection, ResetCode } from "@aster/transport";

/** Every connection holds buffers, so that their number has to be bounded. */
const MAX_CONNECTIONS = 1024;
/** A client has one, or two while it reconnects; a few clients may share a node and so its key. */
const MAX_CONNECTIONS_PER_PEER = 8;

/**
 * Limits the connections of a server, in total and per peer and protocol, and closes them together.
 */
export class ConnectionLimiter {
  readonly #open = new Set<Connection>();
  readonly #perPeer = new Map<string, number>();
  #taken = 0;

  /** Counts a connection until it ends, or closes it at once and returns `false`. */
  take(connection: Connection): boolean {
    const key = `${connection.alpn} ${connection.peer}`;
    const ofPeer = this.#perPeer.get(key) ?? 0;
    if (this.#open.size >= MAX_CONNECTIONS || ofPeer >= MAX_CONNECTIONS_PER_PEER) {
      connection.close(ResetCode.RefusedStream, "too many connections");
      return false;
    }
    this.keep(connection);
    this.#perPeer.set(key, ofPeer + 1);
    this.#taken += 1;
    void connection.closed.then(() => this.#leave(key));
    return true;
  }

  /** Adds a connection that the server itself opened. It counts towards no limit of a peer. */
  keep(connection: Connection): void {
    this.#open.add(connection);
    void connection.closed.then(() => this.#open.delete(connection));
  }

  /** The number of connections that `take` has counted since the start. */
  get taken(): number {
    return this.#taken;
  }

  close(reason: string): void {
    for (const connection of this.#open) connection.close(ResetCode.NoError, reason);
  }

  #leave(key: string): void {
    const left = (this.#perPeer.get(key) ?? 1) - 1;
    if (left === 0) this.#perPeer.delete(key);
    else this.#perPeer.set(key, left);
  }
}
