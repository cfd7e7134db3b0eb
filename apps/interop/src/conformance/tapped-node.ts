import { RPC_ALPN } from "@aster/rpc";
import type {
  Connection,
  ConnectOptions,
  EndpointAddress,
  Gate,
  Node,
  NodeStats,
} from "@aster/transport";
import { TappedConnection } from "./tapped-connection.ts";

/** A node whose incoming calls are watched: see {@link TappedConnection}. */
export class TappedNode implements Node {
  readonly #inner: Node;

  constructor(inner: Node) {
    this.#inner = inner;
  }

  get id(): string {
    return this.#inner.id;
  }

  address(): EndpointAddress {
    return this.#inner.address();
  }

  connect(
    address: EndpointAddress | string,
    alpn: string,
    options?: ConnectOptions,
  ): Promise<Connection> {
    return this.#inner.connect(address, alpn, options);
  }

  accept(
    alpns: readonly string[],
    options?: { readonly raw?: readonly string[] },
  ): AsyncIterableIterator<Connection> {
    const incoming = this.#inner.accept(alpns, options);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        const step = await incoming.next();
        if (step.done || step.value.alpn !== RPC_ALPN) return step;
        return { done: false, value: new TappedConnection(step.value) };
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
