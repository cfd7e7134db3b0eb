// A stranger that dials protocols that a program does not serve.
import { AsterClient } from "@aster/rpc";
import { parseAddress } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { ControlClient } from "../faults/support/control-client.ts";
import { TestkitServer } from "../faults/support/testkit-server.ts";

const LINKED = ["/iroh-bytes/4", "/iroh-gossip/1", "/iroh-sync/1"];

test("a server refuses blobs, gossip and docs, and holds nothing for those who dial them", async () => {
  await using server = await TestkitServer.start();
  await using control = await ControlClient.of(server);
  await using stranger = await loopbackNode();
  const address = parseAddress(server.address);
  for (const alpn of LINKED) {
    const dials = Array.from({ length: 50 }, () => stranger.connect(address, alpn, { raw: true }));
    const outcomes = await Promise.allSettled(dials);
    expect(outcomes.map(({ status }) => status)).toEqual(dials.map(() => "rejected"));
  }
  await control.expectHealthy();
});

test("a program that only calls refuses every connection", async () => {
  await using server = await TestkitServer.start();
  await using client = await AsterClient.connect(server.address, {
    network: "none",
    bindAddress: "127.0.0.1:0",
  });
  await using stranger = await loopbackNode();
  // packets of refused connections count too
  const { sentBytes: _sent, receivedBytes: _received, ...before } = client.node.stats();
  for (const alpn of [...LINKED, "aster/1", "aster.consumer_admission"]) {
    const dial = stranger.connect(client.node.address(), alpn, { raw: true, timeoutMs: 2000 });
    await expect(dial).rejects.toMatchObject({ code: "connect" });
  }
  expect(client.node.stats()).toMatchObject(before);
});
