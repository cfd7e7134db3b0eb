// Strangers that take connections and do nothing with them.
import { AsterClient, AsterServer } from "@aster/rpc";
import { type Connection, memoryNetwork } from "@aster/transport";
import { type AdmissionGate, openGate } from "@aster/trust";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust/admission";
import { describe, expect, test } from "vitest";
import { MAX_CONNECTIONS, MAX_UNADMITTED } from "../../src/peer/connection-limiter.ts";
import { Probe, probe } from "../support/probe.ts";

const RPC_ALPN = "aster/1";

/** A gate that decides by the credential. */
const tokens: AdmissionGate = {
  open: false,
  admit: ({ credentialJson }) =>
    credentialJson === '"friend"'
      ? { admitted: true, attributes: {} }
      : { admitted: false, reason: "unknown" },
};

async function house(gate: AdmissionGate) {
  const network = memoryNetwork();
  const server = await AsterServer.start({
    services: [probe()],
    gate,
    node: await network.createNode(),
  });
  const credential = gate.open ? undefined : '"friend"';
  return {
    server,
    network,
    connect: async () =>
      AsterClient.connect(server.address, {
        node: await network.createNode(),
        credential,
        timeoutMs: 2_000,
      }),
    /** Connects `each` times under each of `keys` keys, as `dial` does. */
    async crowd(
      keys: number,
      each: number,
      dial: (node: Awaited<ReturnType<typeof network.createNode>>) => Promise<Connection>,
    ) {
      const connections: Connection[] = [];
      for (let key = 0; key < keys; key++) {
        const node = await network.createNode();
        for (let i = 0; i < each; i++) connections.push(await dial(node));
      }
      return connections;
    },
    async [Symbol.asyncDispose]() {
      await server.close({ graceMs: 0 });
      await server.node.close();
    },
  };
}

/** Opens a stream and says nothing. */
const silent = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };

describe.each([
  ["closed", tokens],
  ["open", openGate()],
])("with a %s gate", (_, gate) => {
  test.each([
    [128, 8],
    [1_024, 1],
  ])("newcomers are admitted beside silent admissions: %i keys, %i each", async (keys, each) => {
    await using at = await house(gate);
    const member = await at.connect();
    await at.crowd(keys, each, async (node) => {
      const connection = await node.connect(at.server.address, CONSUMER_ADMISSION_ALPN, {
        raw: true,
      });
      connection.open(silent);
      return connection;
    });
    expect(at.server.stats().connections).toBeLessThanOrEqual(MAX_UNADMITTED + 1);
    const newcomers = await Promise.all(Array.from({ length: 5 }, at.connect));
    for (const client of [member, ...newcomers]) {
      expect(await client.client(Probe).echo({ text: "hi" })).toEqual({ text: "hi" });
    }
  });
});

test("newcomers are admitted beside 128 keys with 8 call connections each", async () => {
  await using at = await house(openGate());
  const { address } = at.server;
  for (let key = 0; key < 128; key++) {
    const node = await at.network.createNode();
    await AsterClient.connect(address, { node });
    for (let i = 1; i < 8; i++) await node.connect(address, RPC_ALPN);
  }
  await expect.poll(() => at.server.stats().connections).toBe(MAX_CONNECTIONS);
  const newcomer = await at.connect();
  expect(await newcomer.client(Probe).echo({ text: "hi" })).toEqual({ text: "hi" });
});
