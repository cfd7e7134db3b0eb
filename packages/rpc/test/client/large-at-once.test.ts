// More large messages than the window of a connection: streams that wait for the window must not
// block those that have a part of it.
import { AsterClient, AsterServer, defineService, implement, openGate, unary } from "@aster/rpc";
import { loopbackPair } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { Item, Text } from "../support/probe.ts";

const CALLS = 1000;
const SIZE = 300_000;
const Large = defineService("Large", {}, { make: unary(Item, Text) });

test("receives a thousand large replies at once", async () => {
  await using nodes = await loopbackPair();
  await using server = await AsterServer.start({
    services: [implement(Large, { make: ({ n }) => ({ text: "x".repeat(n) }) })],
    gate: openGate(),
    node: nodes.server,
    compression: false,
    limits: { maxCallsPerPeer: CALLS, maxHeldBytesPerPeer: CALLS * SIZE },
  });
  await using client = await AsterClient.connect(server.address, { node: nodes.client });
  const remote = client.client(Large);
  const options = { timeoutMs: 50_000 };
  const calls = Array.from({ length: CALLS }, () => remote.make({ n: SIZE }, options));
  const lengths = (await Promise.all(calls)).map(({ text }) => text.length);
  expect(lengths).toEqual(Array.from({ length: CALLS }, () => SIZE));
}, 60_000);
