import { TransportError } from "../error.ts";
import { endpointIdOf, generateSecretKey } from "../keys.ts";
import type { Node } from "../node.ts";
import { Slab } from "../slab.ts";
import { Deliveries } from "./deliveries.ts";
import { MemoryNode, type Surroundings } from "./node.ts";

export interface MemoryNodeOptions {
  /** 32 bytes, an ed25519 secret key: the node has the id a QUIC node with this key would have. Default: a new key. */
  readonly secretKey?: Uint8Array;
}

/** Nodes in one process that reach each other by endpoint id, and nobody else. */
export interface MemoryNetwork {
  /** Rejects with {@link TransportError} `"bind"` when an open node has this key already. Whoever creates a node closes it. */
  createNode(options?: MemoryNodeOptions): Promise<Node>;
}

/**
 * A network without a network, for tests and for peers in one process.
 *
 * It behaves as QUIC does, limits and back-pressure included, and is a little stricter: a frame is overwritten as soon
 * as its reader returns, what was under way when a channel was reset is always lost, and a gate that says no fails the
 * dial instead of closing the connection just after it. Memory nodes never keep the process alive.
 */
export function memoryNetwork(): MemoryNetwork {
  const around: Surroundings = { nodes: new Map(), deliveries: new Deliveries(), slab: new Slab() };
  return {
    async createNode(options: MemoryNodeOptions = {}): Promise<Node> {
      const id = endpointIdOf(options.secretKey ?? generateSecretKey());
      if (around.nodes.has(id)) {
        throw new TransportError("bind", "a node with this secret key is open already: close it");
      }
      return new MemoryNode(id, around);
    },
  };
}
