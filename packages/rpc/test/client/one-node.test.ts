// One node, one key: a server answers calls, admission, blobs, gossip and documents under the same
// endpoint id.
import { AsterClient, AsterServer, openGate } from "@aster/rpc";
import { RPC_ALPN } from "@aster/rpc/server";
import { loopbackNode } from "@aster/transport/testing";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust/admission";
import { expect, test } from "vitest";
import { Probe, probe } from "../support/probe.ts";

const PROTOCOLS = [
  "aster/1",
  "aster.consumer_admission",
  "/iroh-bytes/4",
  "/iroh-gossip/1",
  "/iroh-sync/1",
];

test("the protocols of calls and admission have the names of the Python package", () => {
  expect([RPC_ALPN, CONSUMER_ADMISSION_ALPN]).toEqual(PROTOCOLS.slice(0, 2));
});

test("answers all protocols under one id at the same time, and no other protocol", async () => {
  await using node = await loopbackNode();
  await using server = await AsterServer.start({
    services: [probe()],
    node: { bindAddress: "127.0.0.1:0", network: "none", protocols: ["docs"] },
    gate: openGate(),
  });
  const address = server.node.address();
  const connections = await Promise.all(
    PROTOCOLS.map((alpn) => node.connect(address, alpn, { raw: true })),
  );
  // a peer that is refused after the handshake would have received the close by now
  await new Promise((resolve) => setTimeout(resolve, 150));
  for (const [index, connection] of connections.entries()) {
    const ended = await Promise.race([connection.closed, "open"]);
    expect([PROTOCOLS[index], ended]).toEqual([PROTOCOLS[index], "open"]);
    expect(connection.peer).toBe(server.endpointId);
    expect(connection.alpn).toBe(PROTOCOLS[index]);
  }
  // a prefix, another version, and an admission that this server does not offer
  for (const alpn of ["aster/", "aster/2", "aster", "aster.producer_admission", "h3"]) {
    await expect(node.connect(address, alpn)).rejects.toMatchObject({ code: "connect" });
  }
  await using client = await AsterClient.connect(server.address, { node: node });
  expect(await client.client(Probe).echo({ text: "x" })).toEqual({ text: "x" });
  for (const connection of connections) connection.close();
});
