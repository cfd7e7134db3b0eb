import { type Connection, ResetCode } from "@aster/transport";

const MAX_CONNECTIONS = 1024;
const MAX_CONNECTIONS_PER_PEER = 8;
// a lost packet is noticed and sent again within a few round trips and the peer's delay of its acknowledgement, 25 ms
const LEAST_SETTLE_MS = 50;
const MOST_SETTLE_MS = 1_000;

/** The connections of a server: bounded in all and per peer and protocol, and closed together. */
export class ConnectionLimiter {
  readonly #open = new Set<Connection>();
  readonly #perPeer = new Map<string, number>();

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
    void connection.closed.then(() => this.#leave(key));
    return true;
  }

  /** Keeps a connection of our own until it ends, whatever the number of others. */
  keep(connection: Connection): void {
    this.#open.add(connection);
    void connection.closed.then(() => this.#open.delete(connection));
  }

  /**
   * Waits until what was sent last has left, a few round trips: a connection that is closed discards it. Sooner when every
   * peer has gone.
   */
  async settle(): Promise<void> {
    if (this.#open.size === 0) return;
    const roundTrips = [...this.#open].map((connection) => connection.stats().rttMs);
    const ms = Math.min(Math.max(LEAST_SETTLE_MS, 4 * Math.max(...roundTrips)), MOST_SETTLE_MS);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([timeout, Promise.all([...this.#open].map(({ closed }) => closed))]);
    clearTimeout(timer);
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
