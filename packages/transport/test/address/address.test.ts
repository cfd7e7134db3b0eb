import { expect, test } from "vitest";
import vectors from "../../../../fixtures/transport/addresses.json" with { type: "json" };
import tickets from "../../../../fixtures/transport/tickets.json" with { type: "json" };
import { type EndpointAddress, formatAddress, parseAddress } from "../../src/index.ts";

const ID = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function expected(vector: {
  endpointId: string;
  relayUrl: string | null;
  directAddresses: string[];
}): EndpointAddress {
  const { endpointId, relayUrl, directAddresses } = vector;
  return { endpointId, ...(relayUrl === null ? {} : { relayUrl }), directAddresses };
}

test.each(vectors.addresses)("$name is read and written as by aster-rpc", (vector) => {
  expect(parseAddress(vector.base64)).toEqual(expected(vector));
  expect(formatAddress(expected(vector))).toBe(vector.base64);
});

test.each(vectors.read)("$name is read as by aster-rpc", (vector) => {
  expect(parseAddress(vector.base64)).toEqual(expected(vector));
});

test("reads an endpoint id in either case, with white space around it", () => {
  expect(parseAddress(` ${ID.toUpperCase()}\n`)).toEqual({ endpointId: ID, directAddresses: [] });
});

test.each(tickets.tickets)("reads the id and the direct addresses of ticket $name", (vector) => {
  const { text, endpointId, directAddresses } = vector;
  expect(parseAddress(`${text}\n`)).toEqual({ endpointId, directAddresses });
});

test("checks and copies an address object", () => {
  const directAddresses = ["10.0.0.1:1", "[::1]:2", "[fe80::1%3]:4"];
  const given = { endpointId: ID.toUpperCase(), relayUrl: "http://10.0.0.9:3340", directAddresses };
  const read = parseAddress(given);
  expect(read).toEqual({ ...given, endpointId: ID });
  expect(read.directAddresses).not.toBe(directAddresses);
});

const unreadable: (string | EndpointAddress)[] = [
  "",
  "   ",
  "localhost:4433",
  "https://example.com/",
  ID.slice(1),
  `${ID}0`,
  "aster1",
  "aster1!!!",
  base64("hello"),
  base64(`${ID}\nftp://relay/\n`),
  base64(`${ID}\n\nexample.com:80`),
  base64(`${ID}\r\n\r\n1.2.3.4:5`),
  base64(`${ID}\n`).replace(/=+$/, ""),
  `${base64(ID).slice(0, 40)} ${base64(ID).slice(40)}`,
  base64(`${ID}\n\n${"1.2.3.4:5\n".repeat(5000)}`),
  { endpointId: "me", directAddresses: [] },
  { endpointId: ID, relayUrl: "relay.example.com", directAddresses: [] },
  { endpointId: ID, relayUrl: "https://relay\n1.2.3.4:5", directAddresses: [] },
  { endpointId: ID, directAddresses: ["1.2.3.4"] },
];
test.each(unreadable)("refuses %j", (address) => {
  expect(() => parseAddress(address)).toThrow(
    expect.objectContaining({ name: "TransportError", code: "address" }),
  );
});

test("the error names the accepted forms and does not repeat the text", () => {
  const given = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";
  expect(() => parseAddress(given)).toThrow(/ticket.*base64.*64 hex/);
  expect(() => parseAddress(given)).not.toThrow(given);
});
