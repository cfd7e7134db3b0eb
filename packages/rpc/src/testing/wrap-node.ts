import type {
  AllowList,
  ClosedGateOptions,
  Connection,
  ConnectOptions,
  EndpointAddress,
  Gate,
  Node,
  NodeStats,
} from "@aster/transport";

/** Wraps a connection, to observe or change its frames. */
export type ConnectionWrap = (connection: Connection) => Connection;

/**
 * Wraps a node, and with `wrap` every connection that carries frames, dialed or accepted.
 * Connections of plain bytes, such as those of admission, stay as they are. Closing the wrapper
 * closes the node.
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
      async throw(error?: unknown): Promise<never> {
        await incoming.return?.();
        throw error;
      },
    };
  }

  gate(gate: Gate): void {
    this.#inner.gate(gate);
  }

  closeGate(options: ClosedGateOptions): AllowList {
    return this.#inner.closeGate(options);
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
