import { TransportError } from "../error.ts";
import { endpointIdOf, generateSecretKey } from "../keys.ts";
import type { Node } from "../node.ts";
import { Slab } from "../slab.ts";
import { Deliveries } from "./deliveries.ts";
import { MemoryNode, type Surroundings } from "./node.ts";

export interface MemoryNodeOptions {
  /**
   * 32 bytes, an ed25519 secret key. The node has the same id as a QUIC node with this key.
   * Default: a new key.
   */
  readonly secretKey?: Uint8Array | undefined;
}

/** Nodes in one process that reach each other by endpoint id, and no other nodes. */
export interface MemoryNetwork {
  /**
   * Creates a node, which the caller closes. Rejects with {@link TransportError} `"bind"` when an
   * open node of this network has the same key.
   */
  createNode(options?: MemoryNodeOptions): Promise<Node>;
}

/**
 * Makes a network within this process, for tests and for peers in one program.
 *
 * It behaves as QUIC does, limits and back-pressure included, and is a little stricter: a frame is
 * overwritten as soon as its reader returns, frames that are on their way are always lost at a
 * reset, and a gate that refuses fails the dial instead of closing the connection just after it.
 * Memory nodes never keep the process alive.
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
