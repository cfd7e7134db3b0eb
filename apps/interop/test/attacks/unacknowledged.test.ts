// Data that QUIC holds for a peer, or of one.
import { readFileSync } from "node:fs";
import { RPC_ALPN } from "@aster/rpc/server";
import type { Connection, Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { TestkitServer } from "../faults/support/testkit-server.ts";

const KIB = 1024;
/** The most that QUIC takes of one connection until the peer acknowledges it. */
const SEND_WINDOW_BYTES = 4 * KIB * KIB;
/** The most of one stream that its reader has not read. */
const STREAM_WINDOW_BYTES = 64 * KIB;
const silent = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };

/** Sends on many streams at once. Returns a function that counts what QUIC has taken of it. */
function sendAll(node: Node, connection: Connection, streams: number, bytes: number): () => number {
  const payload = new Uint8Array(bytes);
  for (let stream = 0; stream < streams; stream += 1) connection.open(silent).send(0, payload);
  return () => streams * bytes - node.stats().queuedBytes;
}

/** Expects that QUIC takes at least half of so many bytes, and not more. */
async function expectTaken(takenBytes: () => number, most: number): Promise<void> {
  await expect.poll(takenBytes, { timeout: 10_000 }).toBeLessThanOrEqual(most);
  await expect.poll(takenBytes, { timeout: 10_000 }).toBeGreaterThan(most / 2);
  for (let look = 0; look < 10; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(takenBytes()).toBeLessThanOrEqual(most);
  }
}

test("a connection holds at most 4 MiB that its peer does not acknowledge", async () => {
  await using server = await TestkitServer.start();
  await using node = await loopbackNode();
  const connection = await node.connect(server.address, RPC_ALPN, { raw: true });
  server.child.signal("SIGSTOP");
  const isStopped = () => / T /.test(readFileSync(`/proc/${server.ready.pid}/stat`, "latin1"));
  await expect.poll(isStopped).toBe(true);
  // the windows of the streams are larger
  await expectTaken(sendAll(node, connection, 200, 50_000), SEND_WINDOW_BYTES);
}, 60_000);

test("a connection of gossip holds no more unread data than the windows of its streams", async () => {
  const streams = 32;
  await using host = await loopbackNode({ protocols: ["gossip"], maxChannels: streams });
  await using stranger = await loopbackNode();
  const connection = await stranger.connect(host.address(), "/iroh-gossip/1", { raw: true });
  const takenBytes = sendAll(stranger, connection, streams, 200 * KIB);
  await expectTaken(takenBytes, streams * STREAM_WINDOW_BYTES);
  expect(host.stats().connections).toBe(1);
}, 60_000);
