// The testing entry: pairs that need no other machine and leave nothing open.
import { loopbackNode, loopbackPair, memoryPair } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { channelOn, connected } from "./support/pair.ts";

const counts = {
  connections: 0,
  refused: 0,
  channels: 0,
  queuedBytes: 0,
  nativeHandles: 0,
  sentBytes: 0,
  receivedBytes: 0,
};

test("a loopback node has an address on 127.0.0.1 only", async () => {
  await using node = await loopbackNode();
  const { directAddresses, relayUrl } = node.address();
  expect(directAddresses).toEqual([expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/)]);
  expect(relayUrl).toBeUndefined();
});

test.each([
  ["loopback", loopbackPair],
  ["memory", memoryPair],
])("a %s pair connects, and its dispose closes both nodes", async (_, makePair) => {
  const pair = await makePair();
  const { near, far, nearSink } = await channelOn(await connected(pair));
  far.send(0, Uint8Array.of(7), true);
  near.end();
  await nearSink.untilEnd();
  await pair[Symbol.asyncDispose]();
  for (const node of [pair.client, pair.server]) {
    expect(node.stats()).toEqual(counts);
    expect(() => node.accept(["other/1"])).toThrow(expect.objectContaining({ code: "closed" }));
  }
});

test("the nodes of a memory pair have no direct addresses", async () => {
  await using pair = await memoryPair();
  expect(pair.server.address().directAddresses).toEqual([]);
});

test("options apply to both nodes, and a wrong option opens neither", async () => {
  await expect(loopbackPair({ idleTimeoutMs: 1 })).rejects.toMatchObject({ code: "option" });
  await using pair = await loopbackPair({ maxChannels: 1 });
  const { near, far } = await channelOn(await connected(pair));
  expect([near, far].map((channel) => channel.connection.stats().channels)).toEqual([1, 1]);
});
