// Many streams that say nothing, and that end together.
import { expect, test, vi } from "vitest";
import { ControlClient } from "../faults/support/control-client.ts";
import { inForm } from "../faults/support/form.ts";
import { RawPeer } from "../faults/support/raw-peer.ts";
import { TestkitServer } from "../faults/support/testkit-server.ts";

const STREAMS_PER_CONNECTION = 1280;
const { connections, worstMs } = inForm({
  short: { connections: 16, worstMs: 2000 },
  long: { connections: 128, worstMs: 4000 },
});

test(`the end of ${connections * STREAMS_PER_CONNECTION} silent streams does not delay the calls of others`, async () => {
  await using server = await TestkitServer.start();
  await using control = await ControlClient.of(server);
  const peers = await Promise.all(
    Array.from({ length: connections }, () => RawPeer.at(server.address)),
  );
  for (const peer of peers) {
    // a part of a length, so that no stream has a frame
    for (let stream = 0; stream < STREAMS_PER_CONNECTION; stream += 1) peer.open(Uint8Array.of(9));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await vi.waitFor(
    async () => {
      const { streams } = await server.stats();
      expect(streams).toBeGreaterThanOrEqual(connections * STREAMS_PER_CONNECTION);
    },
    { timeout: 60_000, interval: 100 },
  );
  const ended = Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
  let worst = 0;
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over) {
    const before = performance.now();
    await control.testkit.echo({ text: "x" });
    worst = Math.max(worst, performance.now() - before);
  }
  expect(worst).toBeLessThan(worstMs);
  await control.expectHealthy();
}, 240_000);
