import { expect, test } from "vitest";
import { memoryNetwork } from "../../src/index.ts";
import { memoryPair } from "../../src/testing.ts";
import { transportSuite } from "../suite/suite.ts";
import { ALPN, channelOn, connected, pattern } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

transportSuite("memory", memoryPair);

test("nodes are found by id, within their network only", async () => {
  const network = memoryNetwork();
  const [here, there] = await Promise.all([network.createNode(), network.createNode()]);
  there.accept([ALPN]);
  await here.connect(there.id, ALPN);
  const stranger = await memoryNetwork().createNode();
  await expect(stranger.connect(there.id, ALPN)).rejects.toMatchObject({ code: "connect" });
  await there.close();
  await expect(here.connect(there.id, ALPN)).rejects.toMatchObject({ code: "connect" });
});

test("a secret key gives the id of RFC 8032 and can be used by one open node", async () => {
  // RFC 8032, 7.1, test 1
  const secretKey = Buffer.from(
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "hex",
  );
  const network = memoryNetwork();
  const node = await network.createNode({ secretKey });
  expect(node.id).toBe("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  await expect(network.createNode({ secretKey })).rejects.toMatchObject({ code: "bind" });
  await node.close();
  await network.createNode({ secretKey });
  await expect(network.createNode({ secretKey: pattern(31) })).rejects.toMatchObject({
    code: "option",
  });
});

test("the return of the iterator closes connections that were not taken", async () => {
  const { client, server } = await memoryPair();
  const accepted = server.accept([ALPN]);
  const connection = await client.connect(server.id, ALPN);
  await accepted.return?.();
  expect((await connection.closed).code).toBe("closed");
  expect(server.stats().connections).toBe(0);
});

test("a dial can be aborted, and times out", async () => {
  const { client, server } = await memoryPair();
  server.accept([ALPN]);
  server.gate(() => new Promise(() => {}));
  const options = { signal: AbortSignal.timeout(20) };
  await expect(client.connect(server.id, ALPN, options)).rejects.toMatchObject({ code: "closed" });
  const short = { timeoutMs: 20 };
  await expect(client.connect(server.id, ALPN, short)).rejects.toMatchObject({ code: "timeout" });
  expect(client.stats().connections).toBe(0);
});

test("a dial fails when its node closes", async () => {
  const { client, server } = await memoryPair();
  server.accept([ALPN]);
  server.gate(() => new Promise(() => {}));
  const dial = client.connect(server.id, ALPN);
  await Promise.all([client.close(), expect(dial).rejects.toMatchObject({ code: "closed" })]);
});

test("refuses a peer after five seconds without a decision", async () => {
  const { client, server } = await memoryPair();
  server.accept([ALPN]);
  server.gate(() => new Promise(() => {}));
  await expect(client.connect(server.id, ALPN)).rejects.toMatchObject({ applicationCode: 403 });
});

test("send returns false at 256 KiB of unread bytes", async () => {
  const { near, far } = await channelOn(await connected(await memoryPair()));
  far.pause();
  expect(near.send(0, pattern(256 * 1024 - 6))).toBe(true);
  expect(near.send(0, pattern(1))).toBe(false);
});

test("overwrites a frame when its reader returns", async () => {
  const { client, server } = await connected(await memoryPair());
  const kept: Uint8Array[] = [];
  const sink = new Recorder((_, payload) => kept.push(payload));
  server.accept((channel) => channel.read(sink));
  client.open(new Recorder()).send(0, pattern(4), true);
  await sink.untilEnd();
  expect(kept).toEqual([Uint8Array.of(0xdb, 0xdb, 0xdb, 0xdb)]);
});
