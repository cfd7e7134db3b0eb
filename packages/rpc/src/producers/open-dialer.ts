import type { Registry } from "@aster/registry";
import type { EndpointAddress } from "@aster/transport";
import { DIAL_TIMEOUT_MS } from "../defaults.ts";
import { admitTo, type DialOptions } from "../peer/dial.ts";
import type { OpenedConnections } from "../peer/opened-connections.ts";
import type { ForcedNodeOptions } from "../peer/own-node.ts";
import { addressDialer, type PeerDialer } from "../peer/peer-dialer.ts";
import { isProducerChoice, type ProducerChoice } from "./producer-choice.ts";
import { ProducerDialer } from "./producer-dialer.ts";

/**
 * The dialer of a client: of one address, or of the producers in a registry, which is joined first
 * if its address is given. The package of the registry is loaded only then.
 */
export async function openDialer(
  target: EndpointAddress | ProducerChoice,
  connections: OpenedConnections,
  dialOptions: DialOptions,
): Promise<PeerDialer> {
  if (!isProducerChoice(target)) return addressDialer(connections, target, dialOptions);
  const parts = { choice: target, connections, dialOptions };
  const { registry } = target;
  if (typeof registry !== "string") return new ProducerDialer({ ...parts, registry });
  const joined = await join(registry, connections, dialOptions);
  return new ProducerDialer({ ...parts, registry: joined, onClose: () => joined.close() });
}

/** The node of a client that joins a registry speaks its protocols, and is closed for others. */
export function nodeOptionsFor(target: EndpointAddress | ProducerChoice): ForcedNodeOptions {
  const joins = isProducerChoice(target) && typeof target.registry === "string";
  return joins ? { protocols: ["docs"], closed: true } : {};
}

async function join(
  address: string,
  connections: OpenedConnections,
  dialOptions: DialOptions,
): Promise<Registry> {
  const { openRegistry, parseRegistryAddress } = await import("@aster/registry");
  const place = parseRegistryAddress(address);
  const { timeoutMs = DIAL_TIMEOUT_MS, signal } = dialOptions;
  // a closed node syncs with admitted peers only
  if (dialOptions.credentials?.isEmpty === false && "peer" in place) {
    await admitTo(connections, place.peer, dialOptions);
  }
  return await openRegistry(connections.node, { address, timeoutMs, signal });
}
