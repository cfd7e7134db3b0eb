import { createNode, type Network, type Node, type NodeOptions } from "@aster/transport";

/** How a server or client comes to its node. */
export interface NodeChoice {
  /** A node that is open already and that its maker closes, or the options of a new one. */
  readonly node?: Node | NodeOptions;
  /** Of a new node: how peers are found that no direct address leads to. Default `"n0"`. */
  readonly network?: Network;
  /** Of a new node: 32 bytes, its identity. Default: a new one at every start. */
  readonly secretKey?: Uint8Array;
  /** Of a new node: `ip:port`. Default: any port on all interfaces. */
  readonly bindAddress?: string;
}

/** A node, and whether closing it is up to us. */
export interface HeldNode {
  readonly node: Node;
  readonly owned: boolean;
}

export async function holdNode(choice: NodeChoice): Promise<HeldNode> {
  const { node, network, secretKey, bindAddress } = choice;
  if (node !== undefined && isNode(node)) return { node, owned: false };
  const options: NodeOptions = {
    ...(network === undefined ? {} : { network }),
    ...(secretKey === undefined ? {} : { secretKey }),
    ...(bindAddress === undefined ? {} : { bindAddress }),
    ...node,
  };
  return { node: await createNode(options), owned: true };
}

function isNode(node: Node | NodeOptions): node is Node {
  return typeof (node as Partial<Node>).connect === "function";
}
