import type { Connection } from "../connection.ts";
import { Slab } from "../slab.ts";
import { MemoryConnection } from "./connection.ts";
import { Deliveries } from "./deliveries.ts";

export interface InProcessOptions {
  /** Channels hand values over with {@link Channel.sendValue}, beside frames. Default: false. */
  readonly passesValues?: boolean | undefined;
}

/** The two sides of a connection within this program. Closing either side closes both. */
export interface InProcessConnection {
  readonly client: Connection;
  readonly server: Connection;
}

/** Neither side has a node, and so a key. */
const NO_PEER = "0".repeat(64);
/**
 * More channels than fit into memory. A small integer, because V8 counts those faster than
 * `Infinity`.
 */
const NO_LIMIT = 0x3fff_ffff;
const deliveries = new Deliveries();
const slab = new Slab();

/**
 * Connects two parts of this program, without a socket, a node or a key. The channels behave as
 * those of a memory network do; their number is not limited.
 */
export function inProcessConnection({
  passesValues = false,
}: InProcessOptions = {}): InProcessConnection {
  const end = { id: NO_PEER, raw: false, forget: () => {} };
  const client = new MemoryConnection({
    alpn: "aster/local",
    client: end,
    server: end,
    deliveries,
    slab,
    maxChannels: NO_LIMIT,
    passesValues,
    trusted: true,
  });
  return { client, server: client.other };
}
