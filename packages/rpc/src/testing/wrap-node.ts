import type {
  Connection,
  ConnectOptions,
  EndpointAddress,
  Gate,
  Node,
  NodeStats,
} from "@aster/transport";

/** Puts something around a connection, to watch or to disturb what goes by. */
export type ConnectionWrap = (connection: Connection) => Connection;

/**
 * The same node, with `wrap` around every connection that carries frames, whoever dialled it. Connections of plain bytes, such
 * as admission, stay as they are. Closing either closes both.
 */
export function wrapNode(node: Node, wrap: ConnectionWrap): Node {
  return new WrappedNode(node, wrap);
}

class WrappedNode implements Node {
  readonly #inner: Node;
  readonly #wrap: ConnectionWrap;

  constructor(inner: Node, wrap: ConnectionWrap) {
    this.#inner = inner;
    this.#wrap = wrap;
  }

  get id(): string {
    return this.#inner.id;
  }

  address(): EndpointAddress {
    return this.#inner.address();
  }

  async connect(
    address: EndpointAddress | string,
    alpn: string,
    options: ConnectOptions = {},
  ): Promise<Connection> {
    const connection = await this.#inner.connect(address, alpn, options);
    return options.raw ? connection : this.#wrap(connection);
  }

  accept(
    alpns: readonly string[],
    options: { readonly raw?: readonly string[] } = {},
  ): AsyncIterableIterator<Connection> {
    const incoming = this.#inner.accept(alpns, options);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => {
        const step = await incoming.next();
        if (step.done || options.raw?.includes(step.value.alpn)) return step;
        return { done: false, value: this.#wrap(step.value) };
      },
      async return() {
        await incoming.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  gate(gate: Gate): void {
    this.#inner.gate(gate);
  }

  stats(): NodeStats {
    return this.#inner.stats();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
