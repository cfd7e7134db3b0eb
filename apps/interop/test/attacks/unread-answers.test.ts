// A peer that asks for much and reads nothing.
import { expect, test, vi } from "vitest";
import { inForm } from "../faults/support/form.ts";
import { RawPeer } from "../faults/support/raw-peer.ts";
import { crowd, hoardCall } from "./support/hoard-calls.ts";
import { HoardServer } from "./support/hoard-server.ts";

const MIB = 1024 * 1024;
/** The budgets of a peer for requests and answers, and one message more of each. */
const MOST = 2 * (64 * MIB + 8 * MIB);
const { calls, worstMs, p99Ms } = inForm({
  // a busy machine delays the witness, too, and the handlers take time to make their answers
  short: { calls: 100, worstMs: 30_000, p99Ms: 15_000 },
  long: { calls: 1200, worstMs: 5000, p99Ms: 200 },
});

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
      peer.open(hoardCall(method, request)).channel.pause();
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
    await vi.waitFor(async () => expect((await server.stats()).heldBytes).toBe(0), {
      timeout: 120_000,
      interval: 200,
    });
  },
  240_000,
);

test("small answers of many streams that the caller does not read count as running calls", async () => {
  await using server = await HoardServer.start();
  const before = await server.stats();
  // the first answers fill the window of the caller, which then takes about 120 KiB of each
  const [first, later] = [300, 160].map((kib) =>
    hoardCall("fill", { bytes: kib * 1024, items: 0 }),
  );
  const { peer } = await crowd(server.ready.address, {
    connections: 2,
    streams: 1200,
    bytes: (stream) => (stream < 70 ? first : later) as Uint8Array,
  });
  await vi.waitFor(async () => expect((await server.stats()).calls).toBeGreaterThan(100), {
    timeout: 30_000,
  });
  for (let look = 0; look < 20; look += 1) {
    const { calls: running, heldBytes, queuedBytes, rssBytes } = await server.stats();
    expect(running).toBeGreaterThan(0);
    expect(heldBytes).toBeGreaterThan(queuedBytes / 2);
    expect(queuedBytes).toBeLessThan(40 * MIB);
    expect(rssBytes - before.rssBytes).toBeLessThan(128 * MIB);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(await server.p99Ms()).toBeLessThan(p99Ms);
  await peer[Symbol.asyncDispose]();
  await vi.waitFor(
    async () => {
      const { calls: running, heldBytes } = await server.stats();
      // one may be that of the witness
      expect(running).toBeLessThan(2);
      expect(heldBytes).toBe(0);
    },
    { timeout: 30_000, interval: 200 },
  );
}, 240_000);

test("an answer that is not read is reset, while others on its connection are read", async () => {
  await using server = await HoardServer.start({ unreadTimeoutMs: 2000 });
  await using peer = await RawPeer.at(server.ready.address);
  const unread = peer.open(hoardCall("fill", { bytes: MIB, items: 0 }));
  unread.channel.pause();
  const opened = performance.now();
  let answers = 0;
  const timer = setInterval(() => {
    const stream = peer.open(hoardCall("fill", { bytes: 10_000, items: 0 }));
    void stream.ending.then(() => {
      answers += 1;
    });
    stream.channel.end();
  }, 20);
  const held = async () => (await server.stats()).heldBytes;
  await expect.poll(async () => await held()).toBeGreaterThan(MIB / 2);
  await vi.waitFor(async () => expect(await held()).toBe(0), { timeout: 30_000 });
  expect(performance.now() - opened).toBeGreaterThan(1900);
  clearInterval(timer);
  expect(await server.p99Ms()).toBeLessThan(p99Ms);
  expect(answers).toBeGreaterThan(20);
  unread.channel.resume();
  expect(await unread.ending).toMatchObject({ code: "reset" });
}, 60_000);

test("answers that many handlers have at once are bounded", async () => {
  await using server = await HoardServer.start();
  const before = await server.stats();
  const bytes = hoardCall("fillLater", { bytes: 3 * MIB, items: 0 });
  const { peer } = await crowd(server.ready.address, {
    connections: 1,
    streams: 250,
    bytes: () => bytes,
  });
  await vi.waitFor(async () => expect((await server.stats()).heldBytes).toBeGreaterThan(MIB), {
    timeout: 30_000,
  });
  for (let look = 0; look < 10; look += 1) {
    const { heldBytes, rssBytes } = await server.stats();
    expect(heldBytes).toBeLessThan(MOST);
    expect(rssBytes - before.rssBytes).toBeLessThan(4 * MOST);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await server.p99Ms()).toBeLessThan(p99Ms);
  await peer[Symbol.asyncDispose]();
  await vi.waitFor(async () => expect((await server.stats()).heldBytes).toBe(0), {
    timeout: 30_000,
    interval: 200,
  });
}, 240_000);
