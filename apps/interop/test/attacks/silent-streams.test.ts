// Many streams that say nothing, and that end together.
import { expect, test, vi } from "vitest";
import { inForm } from "../faults/support/form.ts";
import { RawPeer } from "../faults/support/raw-peer.ts";
import { HoardServer } from "./support/hoard-server.ts";

const STREAMS_PER_CONNECTION = 1280;
const { connections, worstMs } = inForm({
  // a busy machine delays the witness, too
  short: { connections: 16, worstMs: 15_000 },
  long: { connections: 128, worstMs: 4000 },
});

test(`the end of ${connections * STREAMS_PER_CONNECTION} silent streams does not delay the calls of others`, async () => {
  await using server = await HoardServer.start();
  const channels = async () => (await server.stats()).channels;
  const peers = await Promise.all(
    Array.from({ length: connections }, () => RawPeer.at(server.ready.address)),
  );
  for (const peer of peers) {
    // a part of a length, so that no stream has a frame
    for (let stream = 0; stream < STREAMS_PER_CONNECTION; stream += 1) peer.open(Uint8Array.of(9));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const all = connections * STREAMS_PER_CONNECTION;
  await vi.waitFor(async () => expect(await channels()).toBeGreaterThanOrEqual(all), {
    timeout: 120_000,
    interval: 100,
  });
  await server.recentP99Ms();
  await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
  await vi.waitFor(async () => expect(await channels()).toBeLessThan(2), {
    timeout: 60_000,
    interval: 100,
  });
  expect(await server.worstMs()).toBeLessThan(worstMs);
}, 240_000);
