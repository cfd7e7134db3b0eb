import {
  type Connection,
  type ConnectOptions,
  type EndpointAddress,
  type Node,
  parseAddress,
} from "@aster/transport";
import type { ConnectionLog } from "../log/connection-log.ts";
import { now } from "../time/clock.ts";

/** A server opens no channels to a client: a channel that is not read is refused. */
function refuse(): void {}

/**
 * The connections that one client opens on its node, until the close handshake of each is over. A
 * server counts a connection until then.
 */
export class OpenedConnections implements Pick<Node, "connect"> {
  readonly node: Node;
  readonly #log: ConnectionLog | undefined;
  readonly #open = new Set<Connection>();

  constructor(node: Node, log?: ConnectionLog) {
    this.node = node;
    this.#log = log;
  }

  async connect(
    address: EndpointAddress | string,
    alpn: string,
    options?: ConnectOptions,
  ): Promise<Connection> {
    const connection = await this.#dial(address, alpn, options);
    connection.accept(refuse);
    this.#open.add(connection);
    void this.#forget(connection);
    return connection;
  }

  /** Closes the connections that are open. Resolves when all close handshakes are over. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map(async (one) => one[Symbol.asyncDispose]()));
  }

  async #dial(
    address: EndpointAddress | string,
    alpn: string,
    options: ConnectOptions | undefined,
  ): Promise<Connection> {
    const log = this.#log;
    if (log === undefined) return this.node.connect(address, alpn, options);
    const { endpointId } = parseAddress(address);
    const startedAt = now();
    log.dialing(endpointId, alpn);
    try {
      const connection = await this.node.connect(address, alpn, options);
      log.opened(connection, startedAt);
      return connection;
    } catch (error) {
      log.dialFailed(endpointId, alpn, startedAt, error);
      throw error;
    }
  }

  async #forget(connection: Connection): Promise<void> {
    await connection.closed;
    await connection[Symbol.asyncDispose]();
    this.#open.delete(connection);
  }
}
