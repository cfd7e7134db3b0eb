import { decodeBase58, encodeBase58 } from "./base58.ts";
import type { EndpointAddress } from "./endpoint.ts";
import { parseSocketAddress } from "./socket-address.ts";
import {
  decodeTicket,
  encodeTicket,
  MAX_TICKET_ADDRESSES,
  MAX_TICKET_BYTES,
  type Ticket,
  type TicketCredential,
  ticketSize,
  unreadableTicket,
} from "./ticket.ts";

/** The start of every ticket. */
export const TICKET_PREFIX = "aster1";

/**
 * Writes `aster1…`. Throws {@link TransportError}: `"address"` for parts that cannot be read,
 * `"limit"` over 256 bytes.
 */
export function formatTicket(ticket: Ticket): string {
  return TICKET_PREFIX + encodeBase58(encodeTicket(ticket));
}

/**
 * Reads `aster1…`. Throws {@link TransportError} `"address"`; the message does not repeat the
 * ticket.
 */
export function parseTicket(text: string): Ticket {
  if (!text.startsWith(TICKET_PREFIX)) {
    throw unreadableTicket(`it does not start with "${TICKET_PREFIX}"`);
  }
  const bytes = decodeBase58(text.slice(TICKET_PREFIX.length), MAX_TICKET_BYTES);
  if (bytes === undefined) {
    throw unreadableTicket(`it is not base58 of at most ${MAX_TICKET_BYTES} bytes`);
  }
  return decodeTicket(bytes);
}

/**
 * Returns a ticket for an address: with as many of its direct addresses, in their order, as fit.
 * The relay is included only if its URL contains an IP address, because a ticket cannot hold host
 * names.
 */
export function ticketFor(address: EndpointAddress, credential?: TicketCredential): Ticket {
  const relayAddress = address.relayUrl === undefined ? undefined : relayIp(address.relayUrl);
  const directAddresses: string[] = [];
  const ticket: Ticket = {
    endpointId: address.endpointId,
    ...(relayAddress === undefined ? {} : { relayAddress }),
    directAddresses,
    ...(credential === undefined ? {} : { credential }),
  };
  for (const direct of address.directAddresses.slice(0, MAX_TICKET_ADDRESSES)) {
    directAddresses.push(direct);
    if (ticketSize(ticket) > MAX_TICKET_BYTES) {
      directAddresses.pop();
      break;
    }
  }
  return ticket;
}

function relayIp(relayUrl: string): string | undefined {
  if (!URL.canParse(relayUrl)) return undefined;
  const { hostname, port, protocol } = new URL(relayUrl);
  const text = `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
  return parseSocketAddress(text) === undefined ? undefined : text;
}
