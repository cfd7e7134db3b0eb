import { ByteReader } from "./byte-reader.ts";
import {
  ENDPOINT_ID_BYTES,
  endpointIdFrom,
  endpointIdFromBytes,
  endpointIdToBytes,
} from "./endpoint-id.ts";
import { TransportError } from "./error.ts";
import { formatSocketAddress, parseSocketAddress, type SocketAddress } from "./socket-address.ts";
import type { Ticket, TicketCredential, TicketCredentialType } from "./ticket.ts";

/** The longest ticket, before base58. */
export const MAX_TICKET_BYTES = 256;
/** The most direct addresses a ticket can count. */
export const MAX_TICKET_ADDRESSES = 15;

const VERSION = 1;
/** At the index that stands for it on the wire. */
const CREDENTIAL_TYPES: readonly TicketCredentialType[] = [
  "open",
  "consumer_rcan",
  "enrollment",
  "registry_read",
];
const MAX_CREDENTIAL_BYTES = 220;
const NAMESPACE_ID_BYTES = 32;

/** The binary form of a ticket. Throws as {@link formatTicket} does. */
export function encodeTicket(ticket: Ticket): Uint8Array {
  const bytes = ticketParts(ticket);
  if (bytes.length > MAX_TICKET_BYTES) {
    throw tooMuch(`${bytes.length} bytes, and a ticket holds at most ${MAX_TICKET_BYTES}`);
  }
  return bytes;
}

/** Reads the binary form of a ticket. Throws {@link TransportError} `"address"`. */
export function decodeTicket(bytes: Uint8Array): Ticket {
  if (bytes.length > MAX_TICKET_BYTES) throw broken(`it is longer than ${MAX_TICKET_BYTES} bytes`);
  const reader = new ByteReader(bytes, () => broken("it is cut short"));
  const endpointId = endpointIdFromBytes(reader.bytes(ENDPOINT_ID_BYTES));
  const header = reader.u8();
  if (header >> 4 !== VERSION) {
    throw broken(`its version is ${header >> 4}, and this library reads version ${VERSION}`);
  }
  const relay = readRelay(reader, (header >> 2) & 3);
  const directAddresses = readDirectAddresses(reader);
  const credential = reader.left === 0 ? undefined : readCredential(reader);
  if (reader.left > 0) throw broken(`${reader.left} bytes follow its end`);
  return {
    endpointId,
    ...(relay === undefined ? {} : { relayAddress: relay }),
    directAddresses,
    ...(credential === undefined ? {} : { credential }),
  };
}

/** How long the binary form would be, allowed or not. */
export function ticketSize(ticket: Ticket): number {
  return ticketParts(ticket).length;
}

function ticketParts(ticket: Ticket): Uint8Array {
  const id = endpointIdFrom(ticket.endpointId);
  if (id === undefined) throw broken("the endpoint id is not 64 hex characters");
  const relay = ticket.relayAddress === undefined ? undefined : socketAddress(ticket.relayAddress);
  const direct = ticket.directAddresses.map(socketAddress);
  if (direct.length > MAX_TICKET_ADDRESSES) {
    throw tooMuch(
      `${direct.length} direct addresses, and a ticket holds at most ${MAX_TICKET_ADDRESSES}`,
    );
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

/** Two bits an address, the first in the highest bits: 00 IPv4, 01 IPv6. */
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
    throw tooMuch(`a credential of ${payload.length} bytes, at most ${MAX_CREDENTIAL_BYTES} fit`);
  }
  checkNamespaceId(type, payload);
  const typeByte = CREDENTIAL_TYPES.indexOf(type);
  return [typeByte, payload.length >> 8, payload.length & 0xff, ...payload];
}

function readRelay(reader: ByteReader, type: number): string | undefined {
  if (type === 3) throw broken("its relay type is reserved");
  return type === 0 ? undefined : readAddress(reader, type === 1 ? 4 : 16);
}

function readDirectAddresses(reader: ByteReader): string[] {
  const count = reader.u8() >> 4;
  const types = reader.bytes(Math.ceil(count / 4));
  return Array.from({ length: count }, (_, index) => {
    const type = ((types[index >> 2] ?? 0) >> (6 - (index & 3) * 2)) & 3;
    if (type > 1) throw broken("one of its address types is reserved");
    return readAddress(reader, type === 0 ? 4 : 16);
  });
}

function readAddress(reader: ByteReader, ipBytes: 4 | 16): string {
  return formatSocketAddress({ ip: reader.bytes(ipBytes), port: reader.u16() });
}

function readCredential(reader: ByteReader): TicketCredential {
  const type = CREDENTIAL_TYPES[reader.u8()];
  if (type === undefined) throw broken("its credential is of an unknown type");
  const length = reader.u16();
  if (length > MAX_CREDENTIAL_BYTES) {
    throw broken(`its credential is longer than ${MAX_CREDENTIAL_BYTES} bytes`);
  }
  const data = reader.bytes(length);
  checkNamespaceId(type, data);
  return { type, data: type === "open" ? new Uint8Array(0) : data };
}

function checkNamespaceId(type: TicketCredentialType, data: Uint8Array): void {
  if (type === "registry_read" && data.length !== NAMESPACE_ID_BYTES) {
    throw broken(`a registry_read credential is a namespace id of ${NAMESPACE_ID_BYTES} bytes`);
  }
}

function socketAddress(text: string): SocketAddress {
  const address = parseSocketAddress(text);
  if (address === undefined) throw broken(`${JSON.stringify(text.slice(0, 60))} is no ip:port`);
  return address;
}

function broken(why: string): TransportError {
  return new TransportError("address", `not a usable ticket: ${why}`);
}

function tooMuch(why: string): TransportError {
  return new TransportError("limit", `no ticket can be made of ${why}`);
}
