import {
  createNode,
  formatTicket,
  type LinkedProtocol,
  type Node,
  ticketFor,
} from "@aster/transport";

export interface LinkedNodeOptions {
  /** The protocols that the node serves. Default: none. */
  readonly protocols?: readonly LinkedProtocol[] | undefined;
  /** The directory of its blobs and documents. Default: memory. */
  readonly storage?: string | undefined;
}

/**
 * Opens a node without relays for the work, and closes it afterwards. Keeps the process alive until
 * then, which a node that only waits for peers does not.
 */
export async function withNode<T>(
  options: LinkedNodeOptions,
  work: (node: Node) => Promise<T>,
): Promise<T> {
  const node = await createNode({ network: "none", ...options });
  const alive = setInterval(() => {}, 0x7fffffff);
  try {
    return await work(node);
  } finally {
    clearInterval(alive);
    await node.close();
  }
}

/** The address of a node as a ticket `aster1…`. */
export function addressOf(node: Node): string {
  return formatTicket(ticketFor(node.address()));
}
