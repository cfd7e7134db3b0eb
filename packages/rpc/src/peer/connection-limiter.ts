import { type Connection, ResetCode } from "@aster/transport";

const MAX_CONNECTIONS = 1024;
const MAX_CONNECTIONS_PER_PEER = 8;

/** The connections of a server: bounded in all and per peer and protocol, and closed together. */
export class ConnectionLimiter {
  readonly #open = new Set<Connection>();
  readonly #perPeer = new Map<string, number>();
  #taken = 0;

  /** Keeps a connection until it ends, or closes it at once and says `false`. */
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

  /** Keeps a connection of our own until it ends, whatever the number of others. */
  keep(connection: Connection): void {
    this.#open.add(connection);
    void connection.closed.then(() => this.#open.delete(connection));
  }

  /** Connections of others that were kept, since the start. */
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
