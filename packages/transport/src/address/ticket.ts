import { TransportError } from "../error.ts";
import {
  ENDPOINT_ID_BYTES,
  type EndpointId,
  endpointIdFrom,
  endpointIdFromBytes,
  endpointIdToBytes,
} from "./endpoint.ts";
import { formatSocketAddress, parseSocketAddress, type SocketAddress } from "./socket-address.ts";
import { TicketReader } from "./ticket-reader.ts";

/** The kinds of credential that a ticket can carry (docs/wire.md, "Tickets"). */
export type TicketCredentialType = "open" | "consumer_rcan" | "enrollment" | "registry_read";

export interface TicketCredential {
  readonly type: TicketCredentialType;
  /** At most 220 bytes. Empty for `"open"`, a namespace id of 32 bytes for `"registry_read"`. */
  readonly data: Uint8Array;
}

/**
 * The address of a node and an optional credential, in a form that is short enough to be read out.
 * A ticket with a credential is a secret.
 */
export interface Ticket {
  readonly endpointId: EndpointId;
  /** `ip:port` of the relay. For information: a dial uses the direct addresses. */
  readonly relayAddress?: string | undefined;
  /** `ip:port` or `[ipv6]:port`, at most 15. */
  readonly directAddresses: readonly string[];
  readonly credential?: TicketCredential | undefined;
}

/** The longest ticket, before base58. */
export const MAX_TICKET_BYTES = 256;
/** The most direct addresses of a ticket: their count has four bits. */
export const MAX_TICKET_ADDRESSES = 15;

const VERSION = 1;
/** The index of a type is its code on the wire. */
const CREDENTIAL_TYPES: readonly TicketCredentialType[] = [
  "open",
  "consumer_rcan",
  "enrollment",
  "registry_read",
];
/** Fixed by the format (docs/wire.md, "Tickets"). */
const MAX_CREDENTIAL_BYTES = 220;
const NAMESPACE_ID_BYTES = 32;
/** The part of a wrong socket address that an error repeats. */
const SHOWN_CHARS = 60;

/**
 * Writes the binary form of a ticket. Throws {@link TransportError}: `"address"` for parts that
 * cannot be read, `"limit"` when there is too much for a ticket.
 */
export function encodeTicket(ticket: Ticket): Uint8Array {
  const bytes = ticketParts(ticket);
  if (bytes.length > MAX_TICKET_BYTES) {
    throw tooMuch(`${MAX_TICKET_BYTES} bytes`, bytes.length);
  }
  return bytes;
}

/** Reads the binary form of a ticket. Throws {@link TransportError} `"address"`. */
export function decodeTicket(bytes: Uint8Array): Ticket {
  if (bytes.length > MAX_TICKET_BYTES)
    throw unreadableTicket(`it is longer than ${MAX_TICKET_BYTES} bytes`);
  const reader = new TicketReader(bytes, () => unreadableTicket("it is cut short"));
  const endpointId = endpointIdFromBytes(reader.bytes(ENDPOINT_ID_BYTES));
  const header = reader.u8();
  if (header >> 4 !== VERSION) {
    throw unreadableTicket(
      `its version is ${header >> 4}, but only version ${VERSION} is supported`,
    );
  }
  const relay = readRelay(reader, (header >> 2) & 3);
  const directAddresses = readDirectAddresses(reader);
  const credential = reader.left === 0 ? undefined : readCredential(reader);
  if (reader.left > 0) throw unreadableTicket(`${reader.left} bytes follow its end`);
  return {
    endpointId,
    ...(relay === undefined ? {} : { relayAddress: relay }),
    directAddresses,
    ...(credential === undefined ? {} : { credential }),
  };
}

/** Returns the length of the binary form, which may be more than a ticket allows. */
export function ticketSize(ticket: Ticket): number {
  return ticketParts(ticket).length;
}

function ticketParts(ticket: Ticket): Uint8Array {
  const id = endpointIdFrom(ticket.endpointId);
  if (id === undefined) throw invalidTicket("the endpoint id is not 64 hex characters");
  const relay = ticket.relayAddress === undefined ? undefined : socketAddress(ticket.relayAddress);
  const direct = ticket.directAddresses.map(socketAddress);
  if (direct.length > MAX_TICKET_ADDRESSES) {
    throw tooMuch(`${MAX_TICKET_ADDRESSES} direct addresses`, direct.length);
  }
  const relayType = relay === undefined ? 0 : relay.ip.length === 4 ? 1 : 2;
  return Uint8Array.from([
    ...endpointIdToBytes(id),
    (VERSION << 4) | (relayType << 2),
    ...(relay === undefined ? [] : addressBytes(relay)),
    direct.length << 4,
    ...addressTypes(direct),
    ...direct.flatMap(addressBytes),
    ...(ticket.credential === undefined ? [] : credentialBytes(ticket.credential)),
  ]);
}

function addressBytes({ ip, port }: SocketAddress): number[] {
  return [...ip, port >> 8, port & 0xff];
}

/** Packs two bits per address, the first address in the highest bits: 00 IPv4, 01 IPv6. */
function addressTypes(addresses: readonly SocketAddress[]): number[] {
  const types = new Array<number>(Math.ceil(addresses.length / 4)).fill(0);
  for (const [index, { ip }] of addresses.entries()) {
    if (ip.length === 16)
      types[index >> 2] = (types[index >> 2] ?? 0) | (0x40 >> ((index & 3) * 2));
  }
  return types;
}

function credentialBytes({ type, data }: TicketCredential): number[] {
  const payload = type === "open" ? new Uint8Array(0) : data;
  if (payload.length > MAX_CREDENTIAL_BYTES) {
    throw tooMuch(`${MAX_CREDENTIAL_BYTES} bytes of credential`, payload.length);
  }
  checkNamespaceId(type, payload);
  const typeByte = CREDENTIAL_TYPES.indexOf(type);
  return [typeByte, payload.length >> 8, payload.length & 0xff, ...payload];
}

function readRelay(reader: TicketReader, type: number): string | undefined {
  if (type === 3) throw unreadableTicket("its relay type is reserved");
  return type === 0 ? undefined : readAddress(reader, type === 1 ? 4 : 16);
}

function readDirectAddresses(reader: TicketReader): string[] {
  const count = reader.u8() >> 4;
  const types = reader.bytes(Math.ceil(count / 4));
  return Array.from({ length: count }, (_, index) => {
    const type = ((types[index >> 2] ?? 0) >> (6 - (index & 3) * 2)) & 3;
    if (type > 1) throw unreadableTicket("one of its address types is reserved");
    return readAddress(reader, type === 0 ? 4 : 16);
  });
}

function readAddress(reader: TicketReader, ipBytes: 4 | 16): string {
  return formatSocketAddress({ ip: reader.bytes(ipBytes), port: reader.u16() });
}

function readCredential(reader: TicketReader): TicketCredential {
  const type = CREDENTIAL_TYPES[reader.u8()];
  if (type === undefined) throw unreadableTicket("its credential has an unknown type");
  const length = reader.u16();
  if (length > MAX_CREDENTIAL_BYTES) {
    throw unreadableTicket(`its credential is longer than ${MAX_CREDENTIAL_BYTES} bytes`);
  }
  const data = reader.bytes(length);
  checkNamespaceId(type, data);
  return { type, data: type === "open" ? new Uint8Array(0) : data };
}

function checkNamespaceId(type: TicketCredentialType, data: Uint8Array): void {
  if (type === "registry_read" && data.length !== NAMESPACE_ID_BYTES) {
    throw invalidTicket(
      `a registry_read credential must be a namespace id of ${NAMESPACE_ID_BYTES} bytes, got ${data.length}`,
    );
  }
}

function socketAddress(text: string): SocketAddress {
  const address = parseSocketAddress(text);
  if (address === undefined) {
    throw invalidTicket(`${JSON.stringify(text.slice(0, SHOWN_CHARS))} is not ip:port`);
  }
  return address;
}

/** The error of a text that is not a ticket. */
export function unreadableTicket(why: string): TransportError {
  return invalidTicket(`${why}; copy the whole text that the server prints, from aster1 on`);
}

/** The error of a ticket that cannot be read or written. */
export function invalidTicket(why: string): TransportError {
  return new TransportError("address", `invalid ticket: ${why}`);
}

function tooMuch(most: string, got: number): TransportError {
  return new TransportError("limit", `a ticket has at most ${most}, got ${got}`);
}
