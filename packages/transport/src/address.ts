import type { EndpointId } from "./connection.ts";
import { endpointIdFrom } from "./endpoint-id.ts";
import { TransportError } from "./error.ts";
import { parseSocketAddress } from "./socket-address.ts";
import { parseTicket, TICKET_PREFIX } from "./ticket.ts";

/** Who a node is and where it may be reached. The id alone is enough where discovery or a relay finds the rest. */
export interface EndpointAddress {
  readonly endpointId: EndpointId;
  /** `https://…` (or `http://…` for a relay of one's own without TLS). */
  readonly relayUrl?: string;
  /** `ip:port` or `[ipv6]:port`. */
  readonly directAddresses: readonly string[];
}

// a node with a hundred interfaces stays well below this
const MAX_TEXT_CHARS = 16_384;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const ACCEPTED =
  "give an aster1… ticket, a base64 node address, an endpoint id (64 hex characters) or an EndpointAddress";

/**
 * Reads whatever names a node: an `aster1…` ticket, a base64 node address, a bare endpoint id, or an
 * {@link EndpointAddress}, which is checked. White space around a text is ignored.
 *
 * Of a ticket it takes id and direct addresses: the relay in it is an IP address, which no certificate speaks for.
 * Throws {@link TransportError} `"address"`; the message does not repeat the text, as tickets may be secret.
 */
export function parseAddress(address: EndpointAddress | string): EndpointAddress {
  if (typeof address !== "string") return checked(address);
  const text = address.trim();
  if (text.startsWith(TICKET_PREFIX)) {
    const { endpointId, directAddresses } = parseTicket(text);
    return { endpointId, directAddresses };
  }
  const endpointId = endpointIdFrom(text);
  if (endpointId !== undefined) return { endpointId, directAddresses: [] };
  if (text === "" || text.length > MAX_TEXT_CHARS || !BASE64.test(text)) {
    throw unreadable("it is none of the known forms");
  }
  return parseNodeAddress(text);
}

/** Writes the base64 node address (docs/wire.md, "Addresses"), the form that keeps a relay's host name. */
export function formatAddress(address: EndpointAddress): string {
  const { endpointId, relayUrl = "", directAddresses } = checked(address);
  return Buffer.from([endpointId, relayUrl, directAddresses.join("\n")].join("\n")).toString(
    "base64",
  );
}

function parseNodeAddress(base64: string): EndpointAddress {
  const text = Buffer.from(base64, "base64").toString("utf8");
  const [endpointId = "", relayUrl = "", ...lines] = text.split("\n");
  return checked({
    endpointId,
    ...(relayUrl === "" ? {} : { relayUrl }),
    directAddresses: lines.filter((line) => line !== ""),
  });
}

/** A copy with the id in its one spelling. */
function checked({ endpointId, relayUrl, directAddresses }: EndpointAddress): EndpointAddress {
  const id = typeof endpointId === "string" ? endpointIdFrom(endpointId) : undefined;
  if (id === undefined) throw unreadable("the endpoint id is not 64 hex characters");
  if (relayUrl !== undefined && !isRelayUrl(relayUrl)) {
    throw unreadable("the relay is no http or https URL");
  }
  for (const direct of directAddresses) {
    if (parseSocketAddress(direct) === undefined) {
      throw unreadable(`${JSON.stringify(direct.slice(0, 60))} is no ip:port`);
    }
  }
  return {
    endpointId: id,
    ...(relayUrl === undefined ? {} : { relayUrl }),
    directAddresses: [...directAddresses],
  };
}

function isRelayUrl(text: string): boolean {
  // a line break would change the meaning of the lines of a node address; URL would drop it in silence
  return /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
}

function unreadable(why: string): TransportError {
  return new TransportError("address", `cannot read this address: ${why}; ${ACCEPTED}`);
}
