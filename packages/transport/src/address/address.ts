import { TransportError } from "../error.ts";
import { type EndpointAddress, endpointIdFrom } from "./endpoint.ts";
import { parseSocketAddress } from "./socket-address.ts";
import { parseTicket, TICKET_PREFIX } from "./ticket-text.ts";

/** The longest address text. That of a node with a hundred interfaces is well below this. */
const MAX_TEXT_CHARS = 16_384;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const ACCEPTED =
  "give an aster1… ticket, a base64 node address, an endpoint id (64 hex characters) or an EndpointAddress";
/** The part of a wrong socket address that an error repeats. */
const SHOWN_CHARS = 60;

/**
 * Reads any form of address: an `aster1…` ticket, a base64 node address, an endpoint id, or an
 * {@link EndpointAddress}, which it checks. White space around a text is ignored.
 *
 * Of a ticket it takes the id and the direct addresses. The relay in a ticket is an IP address, for
 * which there is no TLS certificate.
 *
 * Throws {@link TransportError} `"address"`. The message does not repeat the text, because a ticket
 * may be secret.
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
    throw unreadable("unknown form");
  }
  return parseNodeAddress(text);
}

/**
 * Writes a base64 node address (docs/wire.md, "Addresses"). Unlike a ticket, it keeps the host
 * name of the relay. Throws {@link TransportError} `"address"`.
 */
export function formatAddress(address: EndpointAddress): string {
  const { endpointId, relayUrl = "", directAddresses } = checked(address);
  return Buffer.from([endpointId, relayUrl, directAddresses.join("\n")].join("\n")).toString(
    "base64",
  );
}

/** Returns whether `text` is an http or https URL without white space. */
export function isRelayUrl(text: string): boolean {
  // A line break would change the lines of a node address, and URL would drop it silently.
  return /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
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

/** Returns a checked copy with the id in lower case. */
function checked(address: EndpointAddress): EndpointAddress {
  if (typeof address !== "object" || address === null) {
    const isNothing = address === null || address === undefined;
    throw unreadable(`it is ${isNothing ? String(address) : `a ${typeof address}`}`);
  }
  const { endpointId, relayUrl, directAddresses = [] } = address;
  const id = typeof endpointId === "string" ? endpointIdFrom(endpointId) : undefined;
  if (id === undefined) throw unreadable("the endpoint id is not 64 hex characters");
  if (relayUrl !== undefined && !isRelayUrl(relayUrl)) {
    throw unreadable("the relay is not an http or https URL");
  }
  if (!Array.isArray(directAddresses)) throw unreadable("directAddresses is not a list");
  for (const direct of directAddresses as readonly unknown[]) {
    if (typeof direct !== "string") throw unreadable("a direct address is not text");
    if (parseSocketAddress(direct) === undefined) {
      throw unreadable(`${JSON.stringify(direct.slice(0, SHOWN_CHARS))} is not ip:port`);
    }
  }
  return {
    endpointId: id,
    ...(relayUrl === undefined ? {} : { relayUrl }),
    directAddresses: [...directAddresses],
  };
}

function unreadable(why: string): TransportError {
  return new TransportError("address", `cannot read this address: ${why}; ${ACCEPTED}`);
}
