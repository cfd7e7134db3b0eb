import { resolve } from "node:path";
import type { NativeNodeInit } from "@aster/native";
import { isRelayUrl } from "./address/address.ts";
import { parseSocketAddress } from "./address/socket-address.ts";
import {
  DEFAULT_IDLE_TIMEOUT_MS,
  DEFAULT_KEEP_ALIVE_MS,
  DEFAULT_MAX_CHANNELS,
  LONGEST_TIMER_MS,
} from "./defaults.ts";
import { TransportError } from "./error.ts";
import { endpointIdOf, generateSecretKey } from "./keys.ts";
import { type Network, networkInit, relaysDisabled } from "./network.ts";
import type { Node } from "./node.ts";
import { checkWholeNumber, wrongOption } from "./option.ts";
import { loadNative } from "./quic/native.ts";
import { QuicNode } from "./quic/node.ts";

/** The paths of packets: every one, direct ones only, or through relays only. */
export type Paths = "any" | "direct" | "relayed";

export interface NodeOptions {
  /** 32 bytes, an ed25519 secret key. Default: a new one, which means a new id at every start. */
  readonly secretKey?: Uint8Array | undefined;
  /**
   * `ip:port` or `[ipv6]:port`, as an IP address; port 0 is any free port. Default: any port on all
   * interfaces.
   */
  readonly bindAddress?: string | undefined;
  readonly network?: Network | undefined;
  /** Default: `"any"`. */
  readonly paths?: Paths | undefined;
  /** Asks the router for a port (UPnP, PCP, NAT-PMP), unless `network` is none. Default: true. */
  readonly portMapping?: boolean | undefined;
  /**
   * The http or https URL of a proxy on the way to relays, or `"environment"` for that of
   * `HTTP_PROXY` or `HTTPS_PROXY`. Default: none.
   */
  readonly proxy?: string | undefined;
  /**
   * Finds peers in the local network by their ids, and announces this node there, by mDNS, whatever
   * `network` is. Default: false.
   */
  readonly localDiscovery?: boolean | undefined;
  /** A peer that sends nothing for this long is lost. At least 1 s. Default: 15 s. */
  readonly idleTimeoutMs?: number | undefined;
  /** At most a third of the idle timeout is used. Default: 5 s. */
  readonly keepAliveMs?: number | undefined;
  /** Channels that a peer may have open at a time on one connection. Default: 1280. */
  readonly maxChannels?: number | undefined;
  /**
   * Uses windows of 1.25 MB per channel instead of 64 KiB: faster for few channels over long
   * distances. A peer may have that much unread on each of its channels, so lower `maxChannels` as
   * well. Default: false.
   */
  readonly bulk?: boolean | undefined;
  /**
   * Protocols of iroh that the node serves, to every peer that the gate admits: at most 128
   * connections, 8 of one peer. `"docs"` includes the other two. Default: none.
   */
  readonly protocols?: readonly LinkedProtocol[] | undefined;
  /**
   * The directory of blobs and documents, or options of their storage. One node at a time can use
   * it. Default: they are kept in memory.
   */
  readonly storage?: string | StorageOptions | undefined;
  /**
   * Refuses every peer until the program calls `closeGate` and lists some. Without it, peers may
   * connect to the linked protocols before that call. Default: false.
   */
  readonly closed?: boolean | undefined;
}

/** The storage of blobs and documents. */
export interface StorageOptions {
  /** Created if it does not exist. Default: memory. */
  readonly directory?: string | undefined;
  /**
   * The time between two runs of the garbage collection, which deletes blobs without a tag. At
   * least 100 ms. Default: 5 min.
   */
  readonly collectIntervalMs?: number | undefined;
}

/** A protocol of iroh that the native module contains. */
export type LinkedProtocol = "blobs" | "docs" | "gossip";

/** Below this, a busy peer could be lost by mistake. */
const MIN_IDLE_TIMEOUT_MS = 1_000;
const MAX_CHANNELS = 65_536;
const MIN_COLLECT_INTERVAL_MS = 100;
const DEFAULT_COLLECT_INTERVAL_MS = 300_000;
const PATHS: ReadonlySet<string> = new Set<Paths>(["any", "direct", "relayed"]);
const PROTOCOLS: ReadonlySet<string> = new Set<LinkedProtocol>(["blobs", "docs", "gossip"]);

/**
 * Opens a QUIC endpoint. The caller closes the node.
 *
 * Rejects with {@link TransportError}: `"option"` when an option is not valid, `"native"` when the
 * native module is missing, `"bind"` when the operating system refuses the endpoint, for example
 * because the address is in use, `"storage"` when the directory cannot be opened or another node
 * uses it.
 */
export async function createNode(options: NodeOptions = {}): Promise<Node> {
  const init = nativeInit(options);
  const id = endpointIdOf(init.secretKey);
  const module = await loadNative();
  try {
    return await QuicNode.open(module, id, init, options.closed ?? false);
  } catch (cause) {
    throw cause instanceof TransportError ? cause : refused(cause);
  }
}

function nativeInit(options: NodeOptions): NativeNodeInit {
  const {
    secretKey = generateSecretKey(),
    bindAddress,
    network = "n0",
    idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS,
    keepAliveMs = DEFAULT_KEEP_ALIVE_MS,
    maxChannels = DEFAULT_MAX_CHANNELS,
    bulk = false,
    protocols = [],
    closed,
  } = options;
  checkWholeNumber("idleTimeoutMs", idleTimeoutMs, MIN_IDLE_TIMEOUT_MS, LONGEST_TIMER_MS);
  checkWholeNumber("keepAliveMs", keepAliveMs, 1, LONGEST_TIMER_MS);
  checkWholeNumber("maxChannels", maxChannels, 1, MAX_CHANNELS);
  if (typeof bulk !== "boolean") throw wrongOption("bulk", "a boolean", bulk);
  if (closed !== undefined && typeof closed !== "boolean") {
    throw wrongOption("closed", "a boolean", closed);
  }
  if (!isProtocolList(protocols)) {
    throw wrongOption("protocols", 'a list of "blobs", "docs" and "gossip"', String(protocols));
  }
  if (bindAddress !== undefined && !isSocketAddress(bindAddress)) {
    throw wrongOption("bindAddress", "ip:port or [ipv6]:port", bindAddress);
  }
  return {
    secretKey,
    ...(bindAddress === undefined ? {} : { bindAddress }),
    ...networkInit(network),
    ...pathInit(options),
    idleTimeoutMs,
    keepAliveMs,
    maxStreams: maxChannels,
    bulk,
    protocols: [...protocols],
    ...storageInit(options.storage),
  };
}

function storageInit(
  storage: string | StorageOptions = {},
): Pick<NativeNodeInit, "storageDirectory" | "collectIntervalMs"> {
  const given = typeof storage === "string" ? { directory: storage } : storage;
  if (typeof given !== "object" || given === null) {
    throw wrongOption("storage", "a directory or { directory, collectIntervalMs }", storage);
  }
  const { directory, collectIntervalMs = DEFAULT_COLLECT_INTERVAL_MS } = given;
  checkWholeNumber(
    "storage.collectIntervalMs",
    collectIntervalMs,
    MIN_COLLECT_INTERVAL_MS,
    LONGEST_TIMER_MS,
  );
  if (directory === undefined) return { collectIntervalMs };
  if (typeof directory !== "string" || directory === "") {
    throw wrongOption("storage.directory", "the path of a directory", directory);
  }
  return { collectIntervalMs, storageDirectory: resolve(directory) };
}

function isProtocolList(protocols: readonly string[]): boolean {
  return Array.isArray(protocols) && protocols.every((one) => PROTOCOLS.has(one));
}

/** The options of the ways to peers. Throws for ways that exclude each other. */
function pathInit({
  paths = "any",
  portMapping = true,
  proxy,
  localDiscovery = false,
  bindAddress,
  network,
}: NodeOptions): Pick<NativeNodeInit, "paths" | "portMapping" | "proxy" | "localDiscovery"> {
  if (!PATHS.has(paths)) throw wrongOption("paths", '"any", "direct" or "relayed"', paths);
  const unrelayed = network === "none" || relaysDisabled();
  if (paths === "relayed" && (bindAddress !== undefined || unrelayed)) {
    const other = unrelayed ? 'network "none"' : "a bindAddress";
    throw new TransportError("option", `option paths: "relayed" cannot be used with ${other}`);
  }
  if (typeof portMapping !== "boolean") throw wrongOption("portMapping", "a boolean", portMapping);
  if (typeof localDiscovery !== "boolean") {
    throw wrongOption("localDiscovery", "a boolean", localDiscovery);
  }
  if (proxy !== undefined && proxy !== "environment" && !isRelayUrl(proxy)) {
    // the URL may contain a password
    throw wrongOption("proxy", 'an http or https URL or "environment"', {});
  }
  return { paths, portMapping, localDiscovery, ...(proxy === undefined ? {} : { proxy }) };
}

function isSocketAddress(text: unknown): boolean {
  return typeof text === "string" && parseSocketAddress(text) !== undefined;
}

/** The error of a native node that was not created. The native side checks the options again. */
function refused(cause: unknown): TransportError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof Error && "code" in cause && cause.code === "InvalidArg") {
    return new TransportError("option", text, { cause });
  }
  return new TransportError("bind", `cannot create a node: ${text}`, { cause });
}
