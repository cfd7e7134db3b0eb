import type { Connection, ConnectOptions, EndpointAddress, Node } from "@aster/transport";

/** A server opens no channels to a client: a channel that is not read is refused. */
function refuse(): void {}

/**
 * The connections that one client opens on its node, until the close handshake of each is over. A
 * server counts a connection until then.
 */
export class OpenedConnections implements Pick<Node, "connect"> {
  readonly #node: Node;
  readonly #open = new Set<Connection>();

  constructor(node: Node) {
    this.#node = node;
  }

  async connect(
    address: EndpointAddress | string,
    alpn: string,
    options?: ConnectOptions,
  ): Promise<Connection> {
    const connection = await this.#node.connect(address, alpn, options);
    connection.accept(refuse);
    this.#open.add(connection);
    void this.#forget(connection);
    return connection;
  }

  /** Closes the connections that are open. Resolves when all close handshakes are over. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map(async (one) => one[Symbol.asyncDispose]()));
  }

  async #forget(connection: Connection): Promise<void> {
    await connection.closed;
    await connection[Symbol.asyncDispose]();
    this.#open.delete(connection);
  }
}
