// Servers that send their clients to addresses of their choice.
import { AsterClient } from "@aster/rpc";
import { formatAddress, memoryNetwork, type Node } from "@aster/transport";
import { openGate } from "@aster/trust";
import { CONSUMER_ADMISSION_ALPN, serveAdmission } from "@aster/trust/admission";
import { expect, test } from "vitest";
import { callAddress } from "../../src/peer/call-address.ts";

const id = "ab".repeat(32);
const other = "cd".repeat(32);

const offering = (rpc: string) => ({
  services: [
    {
      name: "Probe",
      version: 1,
      contractId: "",
      channels: { rpc },
      scoped: "shared" as const,
      serializationModes: [],
    },
  ],
});

const redirectedFrom = (given: readonly string[], offered: readonly string[], relayUrl?: string) =>
  callAddress(
    { endpointId: id, directAddresses: given },
    offering(
      formatAddress({
        endpointId: other,
        directAddresses: offered,
        ...(relayUrl === undefined ? {} : { relayUrl }),
      }),
    ),
    true,
  );

/** Answers admissions with an offer, and takes calls. */
function hostile(node: Node, rpc: string): void {
  void (async () => {
    for await (const connection of node.accept([CONSUMER_ADMISSION_ALPN, "aster/1"], {
      raw: [CONSUMER_ADMISSION_ALPN],
    })) {
      if (connection.alpn !== CONSUMER_ADMISSION_ALPN) continue;
      const offer = () => ({ ...offering(rpc), registryNamespace: "", rootPubkey: "" });
      serveAdmission(connection, { gate: openGate(), offer });
    }
  })();
}

/** A hostile node, and the victim to which it sends its clients. */
async function trap() {
  const network = memoryNetwork();
  const [node, victim, client] = await Promise.all([1, 2, 3].map(() => network.createNode()));
  if (node === undefined || victim === undefined || client === undefined) throw new Error("nodes");
  hostile(node, formatAddress(victim.address()));
  hostile(victim, formatAddress(victim.address()));
  return { node, victim, client };
}

test("does not dial another endpoint that an admission answer names", async () => {
  const { node, victim, client } = await trap();
  const connecting = AsterClient.connect(node.address(), { node: client });
  await expect(connecting).rejects.toMatchObject({
    code: 9,
    details: { reason: "admission.redirect", endpointId: victim.id },
    message: expect.stringContaining("allowRedirect"),
  });
  expect(victim.stats().connections).toBe(0);
});

test("dials the other endpoint with allowRedirect, and says so", async () => {
  const { node, victim, client } = await trap();
  await using redirected = await AsterClient.connect(node.address(), {
    node: client,
    allowRedirect: true,
  });
  expect(redirected.peer).toBe(victim.id);
});

test("refuses an allowRedirect that is not a boolean", async () => {
  const bad = { allowRedirect: "yes" as unknown as boolean };
  await expect(AsterClient.connect(id, bad)).rejects.toMatchObject({
    details: { reason: "option.invalid", option: "allowRedirect" },
  });
});

test("keeps the dialed address of the same endpoint, whatever the answer adds", () => {
  const given = { endpointId: id, directAddresses: ["198.51.100.1:4433"] };
  const offered = formatAddress({
    endpointId: id,
    relayUrl: "http://127.0.0.1:8080",
    directAddresses: ["127.0.0.1:22", "203.0.113.9:53"],
  });
  expect(callAddress(given, offering(offered), true)).toEqual(given);
});

test("dials at most 8 addresses of another endpoint", () => {
  const many = Array.from({ length: 120 }, (_, i) => `203.0.113.${i}:4433`);
  expect(redirectedFrom([], many).directAddresses).toEqual(many.slice(0, 8));
});

const publicAddress = "203.0.113.9:4433";
test.each([
  [
    "loopback",
    "127.0.0.1:1",
    ["127.0.0.1:22", "127.9.9.9:22", "[::1]:22", "[::ffff:127.0.0.1]:22"],
  ],
  ["link-local", "169.254.1.1:1", ["169.254.169.254:80", "[fe80::1%3]:80"]],
  ["private", "192.168.1.2:1", ["10.0.0.1:80", "172.16.0.1:80", "100.64.0.1:80", "[fd00::1]:80"]],
])("dials %s addresses only if the given address has one", (_, own, targets) => {
  for (const target of targets) {
    const offered = [target, publicAddress];
    expect(redirectedFrom(["198.51.100.1:1"], offered).directAddresses).toEqual([publicAddress]);
    expect(redirectedFrom([own], offered).directAddresses).toEqual(offered);
  }
});

test("never dials addresses of no single machine", () => {
  const targets = ["0.0.0.0:1", "224.0.0.1:1", "255.255.255.255:1", "[::]:1", "[ff02::1]:1"];
  const nat64 = "[64:ff9b::7f00:1]:1";
  expect(redirectedFrom(["127.0.0.1:1"], [...targets, nat64]).directAddresses).toEqual([]);
});

test("uses no relay that the given address does not have", () => {
  expect(redirectedFrom([], [publicAddress], "http://127.0.0.1:8080").relayUrl).toBeUndefined();
});

test("reports an unreadable address as a fault of the peer", () => {
  const read = () => callAddress(id, offering("no address\u001b[2J"), false);
  expect(read).toThrow(expect.objectContaining({ code: "protocol" }));
});
