import type { EndpointAddress } from "./address.ts";
import { decodeBase58, encodeBase58 } from "./base58.ts";
import type { EndpointId } from "./connection.ts";
import { TransportError } from "./error.ts";
import { parseSocketAddress } from "./socket-address.ts";
import {
  decodeTicket,
  encodeTicket,
  MAX_TICKET_ADDRESSES,
  MAX_TICKET_BYTES,
  ticketSize,
} from "./ticket-bytes.ts";

/** What a ticket may let its holder do (docs/wire.md, "Tickets"). */
export type TicketCredentialType = "open" | "consumer_rcan" | "enrollment" | "registry_read";

export interface TicketCredential {
  readonly type: TicketCredentialType;
  /** At most 220 bytes; empty for `"open"`, a 32-byte namespace id for `"registry_read"`. */
  readonly data: Uint8Array;
}

/** Where a node is and what may be shown to it, short enough to be read out. Treat one with a credential as a secret. */
export interface Ticket {
  readonly endpointId: EndpointId;
  /** `ip:port` of the relay. Informative: a dial uses the direct addresses. */
  readonly relayAddress?: string;
  /** `ip:port` or `[ipv6]:port`, at most 15. */
  readonly directAddresses: readonly string[];
  readonly credential?: TicketCredential;
}

/** What every ticket begins with. */
export const TICKET_PREFIX = "aster1";

/** Writes `aster1…`. Throws {@link TransportError}: `"address"` for parts that cannot be read, `"limit"` over 256 bytes. */
export function formatTicket(ticket: Ticket): string {
  return TICKET_PREFIX + encodeBase58(encodeTicket(ticket));
}

/** Reads `aster1…`. Throws {@link TransportError} `"address"`; the message does not repeat the ticket. */
export function parseTicket(text: string): Ticket {
  if (!text.startsWith(TICKET_PREFIX))
    throw notATicket(`it does not start with "${TICKET_PREFIX}"`);
  const bytes = decodeBase58(text.slice(TICKET_PREFIX.length), MAX_TICKET_BYTES);
  if (bytes === undefined) {
    throw notATicket(`it is no base58 text of at most ${MAX_TICKET_BYTES} bytes`);
  }
  return decodeTicket(bytes);
}

/**
 * The ticket to print for an address: as many of its direct addresses, in their order, as a ticket can hold.
 * The relay goes in only when its URL names an IP address, as a ticket has no room for host names.
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

function notATicket(why: string): TransportError {
  return new TransportError("address", `not a usable ticket: ${why}`);
}
