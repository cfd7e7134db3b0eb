import type { NativeDocs } from "@aster/native";
import type { EndpointAddress } from "../address/endpoint.ts";
import { failureOf } from "../quic/operation.ts";

/** The public key of a document, 64 hex characters. Peers that know it can read the document. */
export type DocId = string;

/** The right of a node, or of a ticket. `"write"` includes reading. */
export type DocMode = "read" | "write";

/** A document and the peers that have it. */
export interface DocSource {
  readonly id: DocId;
  /** 32 bytes, the right to write. Without it the document can only be read. */
  readonly secret?: Uint8Array | undefined;
  readonly peers: readonly (EndpointAddress | string)[];
}

/** The parts of a ticket `doc…`. */
export interface DocTicket extends DocSource {
  readonly mode: DocMode;
  readonly peers: readonly EndpointAddress[];
}

/** Reads a ticket. Throws a `TransportError` `"address"`. */
export function ticketOf(native: NativeDocs, text: string): DocTicket {
  try {
    const { id, secret, peers } = native.readTicket(text.trim());
    return {
      id,
      mode: secret === undefined ? "read" : "write",
      ...(secret === undefined ? {} : { secret }),
      peers: peers.map(({ id: endpointId, direct, relay }) => ({
        endpointId,
        directAddresses: direct,
        ...(relay === undefined ? {} : { relayUrl: relay }),
      })),
    };
  } catch (reason) {
    throw failureOf(reason);
  }
}
