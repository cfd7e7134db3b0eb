import { type Connection, ResetCode } from "@aster/transport";
import { setTimer } from "../time/clock.ts";

/** The interval of checks of a connection that another one has replaced. */
const IDLE_CHECK_MS = 1_000;

/** The connections of a link that get no new calls, and on which old ones still run. */
export class RetiredConnections {
  readonly #connections = new Set<Connection>();

  get size(): number {
    return this.#connections.size;
  }

  get channels(): number {
    let channels = 0;
    for (const connection of this.#connections) channels += connection.stats().channels;
    return channels;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
  }

  /** Adds a connection, and closes it when its calls have ended. */
  async closeIdle(connection: Connection): Promise<void> {
    this.add(connection);
    while (this.#connections.has(connection) && connection.stats().channels > 0) {
      await new Promise<void>((resolve) => {
        setTimer(resolve, IDLE_CHECK_MS).unref();
      });
    }
    connection.close(ResetCode.NoError, "normal close");
  }

  /** The connection has closed. */
  delete(connection: Connection): void {
    this.#connections.delete(connection);
  }

  close(reason: string): void {
    for (const connection of this.#connections) connection.close(ResetCode.NoError, reason);
  }
}
