import { isIPv4, isIPv6 } from "node:net";
import {
  createNode,
  LONGEST_TIMER_MS,
  type Network,
  type Node,
  type NodeOptions,
  type Paths,
} from "@aster/transport";
import { IDLE_TIMEOUT_MS, KEEP_ALIVE_MS } from "../defaults.ts";
import { checkInteger, invalidOption, optionError, withoutUndefined } from "../option-check.ts";

/** The node of a server or client: an existing one, or the options of a new one. */
export interface NodeChoice {
  /**
   * An open node, which its creator closes, or the options of a new node. They take precedence over
   * those below.
   */
  readonly node?: Node | NodeOptions | undefined;
  /** Discovery of peers without a direct address, for a new node. Default: `"n0"`. */
  readonly network?: Network | undefined;
  /** The paths of packets of a new node. Default: `"any"`. */
  readonly paths?: Paths | undefined;
  /** A new node asks the router for a port, unless `network` is none. Default: true. */
  readonly portMapping?: boolean | undefined;
  /**
   * The URL of an HTTP proxy on the way of a new node to relays, or `"environment"` for that of
   * `HTTP_PROXY` or `HTTPS_PROXY`. Default: none.
   */
  readonly proxy?: string | undefined;
  /** A new node finds and announces peers in the local network by mDNS. Default: false. */
  readonly localDiscovery?: boolean | undefined;
  /** The identity of a new node: 32 bytes. Default: a new key at every start. */
  readonly secretKey?: Uint8Array | undefined;
  /** The address of a new node: `ip:port`. Default: any port on all interfaces. */
  readonly bindAddress?: string | undefined;
  /**
   * A new node considers a peer lost, and ends its calls, when it has received nothing from it for
   * this long. The lower value of both peers counts. Default: 30 s. At least 5 s, because below
   * that a slow network looks like a lost one.
   */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * The interval of keep-alive packets on an idle connection of a new node, at most a third of the
   * idle timeout. They do not keep the process alive. Default: 5 s.
   */
  readonly keepAliveMs?: number | undefined;
}

/** A node. `owned` says that its holder opened it and has to close it. */
export interface HeldNode {
  readonly node: Node;
  readonly owned: boolean;
}

/** Options of a new node that its use decides. */
export type ForcedNodeOptions = Pick<NodeOptions, "closed" | "protocols" | "storage">;

/** Below this a network that is only slow looks like one that is gone. */
const MIN_IDLE_TIMEOUT_MS = 5_000;
/** The bounds of `createNode`. */
const MIN_NODE_IDLE_TIMEOUT_MS = 1_000;
const MOST_CHANNELS = 65_536;
const SECRET_KEY_BYTES = 32;
const NETWORKS: ReadonlySet<string> = new Set(["n0", "staging", "none"]);
const PATHS: ReadonlySet<string> = new Set<Paths>(["any", "direct", "relayed"]);

/** Throws INVALID_ARGUMENT for an option of a new node that is out of range. It opens nothing. */
export function checkNodeChoice(choice: NodeChoice): void {
  checkNodeOptions("", choice, MIN_IDLE_TIMEOUT_MS);
  const { node } = choice;
  if (node === undefined || isNode(node)) return;
  checkNodeOptions("node.", node, MIN_NODE_IDLE_TIMEOUT_MS);
  if (node.maxChannels !== undefined) {
    checkInteger("node.maxChannels", node.maxChannels, 1, MOST_CHANNELS);
  }
  const { protocols } = node;
  if (protocols !== undefined && !(Array.isArray(protocols) && protocols.every(isProtocol))) {
    throw optionError("node.protocols", 'a list of "blobs", "docs" and "gossip"', protocols);
  }
}

/**
 * Opens a node if none is given; `forced` are options of the new node. Throws as
 * {@link checkNodeChoice} does; rejects with `TransportError` when the node cannot be opened.
 */
export async function holdNode(
  choice: NodeChoice,
  forced: ForcedNodeOptions = {},
): Promise<HeldNode> {
  checkNodeChoice(choice);
  const { node, network, paths, portMapping, proxy, localDiscovery } = choice;
  if (node !== undefined && isNode(node)) return { node, owned: false };
  const { secretKey, bindAddress } = choice;
  const given = { network, paths, portMapping, proxy, localDiscovery, secretKey, bindAddress };
  const options: NodeOptions = {
    idleTimeoutMs: choice.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    keepAliveMs: choice.keepAliveMs ?? KEEP_ALIVE_MS,
    ...withoutUndefined(given),
    ...node,
    ...forced,
  };
  return { node: await createNode(options), owned: true };
}

type SharedOptions = Omit<NodeOptions, "maxChannels" | "bulk" | "protocols" | "storage">;

function checkNodeOptions(prefix: string, options: SharedOptions, leastIdleMs: number): void {
  const { idleTimeoutMs, keepAliveMs, secretKey, bindAddress, network } = options;
  if (idleTimeoutMs !== undefined) {
    checkInteger(`${prefix}idleTimeoutMs`, idleTimeoutMs, leastIdleMs, LONGEST_TIMER_MS);
  }
  if (keepAliveMs !== undefined) {
    checkInteger(`${prefix}keepAliveMs`, keepAliveMs, 1, LONGEST_TIMER_MS);
  }
  if (secretKey !== undefined && secretKey.length !== SECRET_KEY_BYTES) {
    throw optionError(`${prefix}secretKey`, `${SECRET_KEY_BYTES} bytes`, secretKey);
  }
  if (bindAddress !== undefined && !isSocketAddress(bindAddress)) {
    throw optionError(`${prefix}bindAddress`, "an address ip:port or [ipv6]:port", bindAddress);
  }
  if (network !== undefined && !isNetwork(network)) {
    throw optionError(
      `${prefix}network`,
      '"n0", "staging", "none" or { relays, pkarr, dnsOrigin, nameserver }',
      network,
    );
  }
  checkPaths(prefix, options);
}

function checkPaths(prefix: string, options: SharedOptions): void {
  const { paths, portMapping, proxy, localDiscovery, bindAddress, network } = options;
  if (paths !== undefined && !PATHS.has(paths)) {
    throw optionError(`${prefix}paths`, '"any", "direct" or "relayed"', paths);
  }
  if (paths === "relayed" && (bindAddress !== undefined || network === "none")) {
    const other = network === "none" ? 'network "none"' : "a bindAddress";
    throw invalidOption(`${prefix}paths`, `"relayed" cannot be used with ${other}`);
  }
  for (const [name, value] of Object.entries({ portMapping, localDiscovery })) {
    if (value === undefined || typeof value === "boolean") continue;
    throw optionError(prefix + name, "true or false", value);
  }
  if (proxy !== undefined && proxy !== "environment" && !isHttpUrl(proxy)) {
    // the URL may contain a password
    const got = typeof proxy === "string" ? "another text" : typeof proxy;
    const problem = `must be an http or https URL or "environment", got ${got}`;
    throw invalidOption(`${prefix}proxy`, problem);
  }
}

function isHttpUrl(text: unknown): boolean {
  return typeof text === "string" && /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
}

/** Returns whether `text` is `ip:port` or `[ipv6]:port`. */
export function isSocketAddress(text: string): boolean {
  const [, ipv6, ipv4, port] = /^(?:\[(.+)\]|([^[\]:]+)):(\d{1,5})$/.exec(text) ?? [];
  if (Number(port) > 0xffff) return false;
  return (ipv6 !== undefined && isIPv6(ipv6)) || (ipv4 !== undefined && isIPv4(ipv4));
}

function isNetwork(network: Network): boolean {
  if (typeof network === "string") return NETWORKS.has(network);
  if (typeof network !== "object" || network === null) return false;
  const { relays, pkarr, dnsOrigin, nameserver } = network;
  if (relays === undefined && pkarr === undefined && dnsOrigin === undefined) return false;
  return (
    (relays === undefined || (Array.isArray(relays) && relays.every(isHttpUrl))) &&
    (pkarr === undefined || isHttpUrl(pkarr)) &&
    (dnsOrigin === undefined || typeof dnsOrigin === "string") &&
    (nameserver === undefined || (dnsOrigin !== undefined && isSocketAddress(nameserver)))
  );
}

function isProtocol(name: unknown): boolean {
  return name === "blobs" || name === "docs" || name === "gossip";
}

export function isNode(node: Node | NodeOptions): node is Node {
  return typeof (node as Partial<Node>).connect === "function";
}
