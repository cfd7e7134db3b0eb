import { formatAddress, formatTicket } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { formatRegistryAddress, parseRegistryAddress } from "../src/registry-address.ts";

const namespace = "12".repeat(32);
const owner = "ab".repeat(32);
const endpointId = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const directAddresses = ["127.0.0.1:4433"];
const ticket = formatTicket({ endpointId, directAddresses });
const base64 = formatAddress({ endpointId, directAddresses, relayUrl: "https://relay.example/" });

test.each([
  { namespace, peer: ticket, owner },
  { namespace, peer: base64, owner },
  { namespace, peer: endpointId },
  { ticket: "docaaabbb", owner },
  { ticket: "docaaabbb" },
])("reads what it writes", (address) => {
  expect(parseRegistryAddress(` ${formatRegistryAddress(address)}\n`)).toEqual(address);
});

test("reads a ticket with the right to read a registry", () => {
  const data = Uint8Array.from(Buffer.from(namespace, "hex"));
  const credential = { type: "registry_read", data } as const;
  const peer = formatTicket({ endpointId, directAddresses, credential });
  expect(parseRegistryAddress(peer)).toEqual({ namespace, peer });
  expect(parseRegistryAddress(`${peer}#${owner}`)).toEqual({ namespace, peer, owner });
});

describe("refuses", () => {
  test.each([
    ["", "the peer"],
    [ticket, "does not name a registry"],
    [`${namespace}@`, "the peer"],
    [`x@${ticket}`, "the namespace"],
    [`${namespace.toUpperCase().replace("1", "A")}@${ticket}`, "the namespace"],
    [`${namespace}@${ticket}#x`, "author id"],
    [`${namespace}@${ticket}#${owner}#${owner}`, "author id"],
    ["docAAA", "the peer"],
  ])("%s", (text, problem) => {
    expect(() => parseRegistryAddress(text)).toThrow(problem);
    expect(() => parseRegistryAddress(text)).toThrow(expect.objectContaining({ code: "option" }));
  });
});
