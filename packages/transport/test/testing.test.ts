// What the testing entry promises: pairs that meet on this machine alone and leave nothing behind.
import { loopbackNode, loopbackPair, memoryPair } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { channelOn, linked } from "./pair.ts";

const counts = { connections: 0, channels: 0, queuedBytes: 0, nativeHandles: 0 };

test("a loopback node is reachable on 127.0.0.1 alone", async () => {
  await using node = await loopbackNode();
  const { directAddresses, relayUrl } = node.address();
  expect(directAddresses).toEqual([expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/)]);
  expect(relayUrl).toBeUndefined();
});

test.each([
  ["loopback", loopbackPair],
  ["memory", memoryPair],
])("a %s pair meets, and closes both of its nodes", async (_, makePair) => {
  const pair = await makePair();
  const { near, far, nearSink } = await channelOn(await linked(pair));
  far.send(0, Uint8Array.of(7), true);
  near.end();
  await nearSink.untilEnd();
  await pair[Symbol.asyncDispose]();
  for (const node of [pair.client, pair.server]) {
    expect(node.stats()).toEqual(counts);
    expect(() => node.accept(["other/1"])).toThrow(expect.objectContaining({ code: "closed" }));
  }
});

test("a memory pair has no address but its ids", async () => {
  await using pair = await memoryPair();
  expect(pair.server.address().directAddresses).toEqual([]);
});

test("options hold for both nodes, and a wrong one opens neither", async () => {
  await expect(loopbackPair({ idleTimeoutMs: 1 })).rejects.toMatchObject({ code: "bind" });
  await using pair = await loopbackPair({ maxChannels: 1 });
  const { near, far } = await channelOn(await linked(pair));
  expect([near, far].map((channel) => channel.connection.stats().channels)).toEqual([1, 1]);
});
