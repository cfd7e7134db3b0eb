import { TransportError } from "./error.ts";
import { endpointIdOf, generateSecretKey } from "./keys.ts";
import { DEFAULT_MAX_CHANNELS } from "./max-channels.ts";
import { loadNative, type NativeNodeInit } from "./native.ts";
import type { Node } from "./node.ts";
import { QuicNode } from "./quic/node.ts";

/**
 * How a node finds and reaches others that no direct address leads to.
 *
 * - `"n0"`: relays and discovery that number 0 runs for everybody (the default)
 * - `"none"`: not at all; peers are dialled by address
 * - `{ relays }`: relays of one's own, by URL, and no discovery
 *
 * The environment variable `ASTER_RELAY_MODE=disabled` turns every choice into `"none"`.
 */
export type Network = "n0" | "none" | { readonly relays: readonly string[] };

export interface NodeOptions {
  /** 32 bytes, an ed25519 secret key. Default: a new one, so a new id at every start. */
  readonly secretKey?: Uint8Array;
  /** `ip:port`. Default: any port on all interfaces. */
  readonly bindAddress?: string;
  readonly network?: Network;
  /** A peer that is silent for this long is lost. Default 15 000, at least 1 000. */
  readonly idleTimeoutMs?: number;
  /** Default 5 000. */
  readonly keepAliveMs?: number;
  /** Channels a peer may have open at a time on one connection; it waits for the next. Default 1 280. */
  readonly maxChannels?: number;
  /**
   * Windows of 1.25 MB per channel instead of 64 KiB: faster for few channels over long distances. A peer may have that much
   * unread on each of its channels, so lower `maxChannels` along with it. Default false.
   */
  readonly bulk?: boolean;
}

const MIN_IDLE_TIMEOUT_MS = 1_000;
const MAX_CHANNELS = 65_536;

/**
 * Opens a QUIC endpoint. Whoever creates a node closes it.
 *
 * Rejects with {@link TransportError}: `"native"` when the native module is missing, `"bind"` when an option is wrong or
 * the address is taken.
 */
export async function createNode(options: NodeOptions = {}): Promise<Node> {
  const init = nativeInit(options);
  const module = await loadNative();
  try {
    return await QuicNode.open(module, endpointIdOf(init.secretKey), init);
  } catch (cause) {
    if (cause instanceof TransportError) throw cause;
    const why = cause instanceof Error ? cause.message : "the native module refused";
    throw new TransportError("bind", `cannot create a node: ${why}`, { cause });
  }
}

function nativeInit(options: NodeOptions): NativeNodeInit & { secretKey: Uint8Array } {
  const { idleTimeoutMs, keepAliveMs, bindAddress, bulk } = options;
  const { maxChannels = DEFAULT_MAX_CHANNELS } = options;
  check("idleTimeoutMs", idleTimeoutMs, MIN_IDLE_TIMEOUT_MS, 2 ** 31);
  check("keepAliveMs", keepAliveMs, 1, 2 ** 31);
  check("maxChannels", maxChannels, 1, MAX_CHANNELS);
  return {
    secretKey: options.secretKey ?? generateSecretKey(),
    ...networkInit(options.network ?? "n0"),
    ...(bindAddress === undefined ? {} : { bindAddress }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    ...(keepAliveMs === undefined ? {} : { keepAliveMs }),
    maxStreams: maxChannels,
    ...(bulk === undefined ? {} : { bulk }),
  };
}

function networkInit(network: Network): NativeNodeInit {
  if (process.env.ASTER_RELAY_MODE === "disabled") return { network: "none" };
  if (typeof network === "string") return { network };
  return { network: "relays", relays: [...network.relays] };
}

function check(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new TransportError(
    "bind",
    `${name} must be a whole number from ${least} to ${most}, not ${value}`,
  );
}
