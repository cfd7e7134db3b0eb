import { expect, test } from "vitest";
import vectors from "../../../../fixtures/transport/tickets.json" with { type: "json" };
import { decodeBase58, encodeBase58 } from "../../src/address/base58.ts";
import {
  formatTicket,
  parseTicket,
  type Ticket,
  TransportError,
  ticketFor,
} from "../../src/index.ts";
import { pattern } from "../support/pair.ts";

const ID = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const textOf = (hex: string): string => `aster1${encodeBase58(Buffer.from(hex, "hex"))}`;
const minimal: Ticket = { endpointId: ID, directAddresses: [] };

function expected(vector: (typeof vectors.tickets)[number]): Ticket {
  const { endpointId, relayAddress, directAddresses, credentialType, credential } = vector;
  return {
    endpointId,
    ...(relayAddress === null ? {} : { relayAddress }),
    directAddresses,
    ...(credentialType === null
      ? {}
      : {
          credential: {
            type: credentialType as NonNullable<Ticket["credential"]>["type"],
            data: Uint8Array.from(Buffer.from(credential, "hex")),
          },
        }),
  };
}

test.each(vectors.tickets)("$name is read and written as by aster-rpc", (vector) => {
  const ticket = expected(vector);
  expect(parseTicket(vector.text)).toEqual(ticket);
  expect(formatTicket(ticket)).toBe(vector.text);
  const { directAddresses } = vector.input;
  expect(formatTicket({ ...ticket, directAddresses })).toBe(vector.text);
  expect(hexOf(decodeBase58(vector.text.slice(6), 256)!)).toBe(vector.wire);
});

test.each(vectors.read)("$name is accepted or refused as by aster-rpc", (vector) => {
  const read = (): Ticket => parseTicket(textOf(vector.wire));
  if (vector.error !== undefined) {
    expect(read).toThrow(expect.objectContaining({ name: "TransportError", code: "address" }));
    return;
  }
  expect(read().directAddresses).toEqual(vector.directAddresses);
  expect(read().credential?.type ?? null).toBe(vector.credentialType);
});

test.each(["", "aster1", "aster2abc", "ASTER1abc", "aster10OIl", "aster1\n", "aster1é", "ticket"])(
  "refuses %j",
  (text) => {
    expect(() => parseTicket(text)).toThrow(expect.objectContaining({ code: "address" }));
  },
);

test("refuses a long text without decoding it", () => {
  const started = performance.now();
  expect(() => parseTicket(`aster1${"z".repeat(5_000_000)}`)).toThrow(TransportError);
  expect(performance.now() - started).toBeLessThan(5_000);
});

test("errors do not repeat the ticket", () => {
  const { text } = vectors.tickets.find(({ name }) => name === "enrollment")!;
  for (const broken of [`${text}1`, text.slice(0, -3), text.replace("aster1", "aster2")]) {
    try {
      parseTicket(broken);
    } catch (error) {
      expect(String(error)).not.toContain(text.slice(10, 30));
      continue;
    }
    throw new Error("it was read");
  }
});

test("any bytes give a ticket or a TransportError", () => {
  const wires = vectors.tickets.map(({ wire }) => Uint8Array.from(Buffer.from(wire, "hex")));
  let random = 1;
  const next = (below: number): number => {
    random = (random * 48_271) % 2_147_483_647;
    return random % below;
  };
  let read = 0;
  for (let round = 0; round < 3000; round += 1) {
    const bytes = Uint8Array.from(wires[next(wires.length)]!);
    bytes[32 + next(bytes.length - 32)] = next(256);
    const piece = next(4) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
    try {
      const ticket = parseTicket(textOf(hexOf(piece)));
      expect(parseTicket(formatTicket(ticket))).toEqual(ticket);
      read += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(TransportError);
    }
  }
  expect(read).toBeGreaterThan(100);
});

const unwritable: { name: string; ticket: Ticket; code: string }[] = [
  { name: "no id", ticket: { ...minimal, endpointId: "00" }, code: "address" },
  {
    name: "16 addresses",
    ticket: { ...minimal, directAddresses: new Array(16).fill("10.0.0.1:1") },
    code: "limit",
  },
  {
    name: "a host name",
    ticket: { ...minimal, relayAddress: "relay.example.com:443" },
    code: "address",
  },
  ...["1.2.3.4", "1.2.3.4:65536", "01.2.3.4:9", "[fe80::1%eth0]:5", "[1::2::3]:4", "::1:5"].map(
    (address) => ({
      name: address,
      ticket: { ...minimal, directAddresses: [address] },
      code: "address",
    }),
  ),
  {
    name: "a credential of 221 bytes",
    ticket: { ...minimal, credential: { type: "enrollment", data: pattern(221) } },
    code: "limit",
  },
  {
    name: "257 bytes in all",
    ticket: { ...minimal, credential: { type: "enrollment", data: pattern(220) } },
    code: "limit",
  },
  {
    name: "a short namespace id",
    ticket: { ...minimal, credential: { type: "registry_read", data: pattern(31) } },
    code: "address",
  },
];
test.each(unwritable)("does not write a ticket with $name", ({ ticket, code }) => {
  expect(() => formatTicket(ticket)).toThrow(
    expect.objectContaining({ name: "TransportError", code }),
  );
});

test("the ticket for an address has as many direct addresses as fit", () => {
  const directAddresses = Array.from({ length: 20 }, (_, index) => `10.0.0.1:${index + 1}`);
  const address = { endpointId: ID, directAddresses };
  expect(ticketFor(address)).toEqual({
    endpointId: ID,
    directAddresses: directAddresses.slice(0, 15),
  });
  const credential = { type: "consumer_rcan" as const, data: pattern(200) };
  const full = ticketFor(address, credential);
  expect(full.directAddresses).toEqual(directAddresses.slice(0, 3));
  expect(parseTicket(formatTicket(full))).toEqual(full);
});

test.each([
  ["https://87.254.0.136/", "87.254.0.136:443"],
  ["http://10.0.0.1/", "10.0.0.1:80"],
  ["http://10.0.0.1:3340", "10.0.0.1:3340"],
  ["https://[2001:db8::1]:4443/", "[2001:db8::1]:4443"],
  ["https://relay.example.com/", undefined],
  ["nonsense", undefined],
])("the ticket for an address with relay %s has relay address %s", (relayUrl, relayAddress) => {
  const ticket = ticketFor({ endpointId: ID, relayUrl, directAddresses: [] });
  expect(ticket.relayAddress).toBe(relayAddress);
});
