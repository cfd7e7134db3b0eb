import { createNode, type Network, type Node, type NodeOptions } from "@aster/transport";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";

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
  /**
   * Of a new node: a peer of which nothing has come for this long is lost, and its calls end. The lower one of both peers counts.
   * Default 30 000, at least 5 000: below that a network that is only slow looks like one that is gone.
   */
  readonly idleTimeoutMs?: number;
  /**
   * Of a new node: how often a connection on which nothing happens shows that it is alive; three times per idle timeout if that is
   * more often. Default 5 000. Keeping connections alive does not keep the process alive.
   */
  readonly keepAliveMs?: number;
}

/** A node, and whether closing it is up to us. */
export interface HeldNode {
  readonly node: Node;
  readonly owned: boolean;
}

const IDLE_TIMEOUT_MS = 30_000;
const MIN_IDLE_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 5_000;
const LONGEST_MS = 2 ** 31 - 1;

/** Throws INVALID_ARGUMENT for times that a new node must not have. */
export async function holdNode(choice: NodeChoice): Promise<HeldNode> {
  const { node, network, secretKey, bindAddress } = choice;
  const { idleTimeoutMs = IDLE_TIMEOUT_MS, keepAliveMs = KEEP_ALIVE_MS } = choice;
  check("idleTimeoutMs", idleTimeoutMs, MIN_IDLE_TIMEOUT_MS);
  check("keepAliveMs", keepAliveMs, 1);
  if (node !== undefined && isNode(node)) return { node, owned: false };
  const options: NodeOptions = {
    idleTimeoutMs,
    keepAliveMs,
    ...(network === undefined ? {} : { network }),
    ...(secretKey === undefined ? {} : { secretKey }),
    ...(bindAddress === undefined ? {} : { bindAddress }),
    ...node,
  };
  return { node: await createNode(options), owned: true };
}

function check(name: string, valueMs: number, leastMs: number): void {
  if (Number.isInteger(valueMs) && valueMs >= leastMs && valueMs <= LONGEST_MS) return;
  throw new RpcError(
    StatusCode.INVALID_ARGUMENT,
    `${name} must be a whole number of milliseconds from ${leastMs} to ${LONGEST_MS}, not ${valueMs}`,
  );
}

function isNode(node: Node | NodeOptions): node is Node {
  return typeof (node as Partial<Node>).connect === "function";
}
