// A peer that asks for much and reads nothing.
import { encodeFrame, FrameFlag } from "@aster/transport";
import { expect, test, vi } from "vitest";
import { inForm } from "../faults/support/form.ts";
import { RawPeer } from "../faults/support/raw-peer.ts";
import { HoardServer } from "./support/hoard-server.ts";

const MIB = 1024 * 1024;
/** The budgets of a peer for requests and answers, and one message more of each. */
const MOST = 2 * (64 * MIB + 8 * MIB);
const { calls, worstMs } = inForm({
  short: { calls: 250, worstMs: 3000 },
  long: { calls: 1200, worstMs: 5000 },
});

const json = (value: object) => new TextEncoder().encode(JSON.stringify(value));
const call = (method: string, request: object) =>
  Buffer.concat([
    encodeFrame(FrameFlag.Header, json({ service: "Hoard", method, version: 1 })),
    encodeFrame(0, json(request)),
  ]);

test.each([
  ["fill", { bytes: 3 * MIB, items: 0 }],
  ["pour", { bytes: 3 * MIB, items: 100 }],
])(
  `answers of ${calls} calls of %s that the caller does not read are bounded, and seen`,
  async (method, request) => {
    await using server = await HoardServer.start({ unreadTimeoutMs: 2000 });
    const before = await server.stats();
    await using peer = await RawPeer.at(server.ready.address);
    for (let number = 0; number < calls; number += 1) {
      peer.open(call(method, request)).channel.pause();
    }
    await vi.waitFor(async () => expect((await server.stats()).heldBytes).toBeGreaterThan(MIB), {
      timeout: 30_000,
    });
    for (let look = 0; look < 5; look += 1) {
      const { calls: running, heldBytes, rssBytes } = await server.stats();
      expect(running).toBeGreaterThan(0);
      expect(heldBytes).toBeLessThan(MOST);
      expect(rssBytes - before.rssBytes).toBeLessThan(4 * MOST);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await server.worstMs()).toBeLessThan(worstMs);
    if (method === "pour") await peer[Symbol.asyncDispose]();
    await vi.waitFor(
      async () => expect(await server.stats()).toMatchObject({ calls: 0, heldBytes: 0 }),
      { timeout: 120_000, interval: 200 },
    );
  },
  240_000,
);
