// A peer that sends what the server cannot work on yet.
import { randomBytes } from "node:crypto";
import { encodeFrame } from "@aster/transport";
import { expect, test, vi } from "vitest";
import { inForm } from "../faults/support/form.ts";
import { Hoard } from "./support/hoard.ts";
import { crowd, hoardHeader } from "./support/hoard-calls.ts";
import { HoardServer } from "./support/hoard-server.ts";

const MIB = 1024 * 1024;
const BUDGET = 64 * MIB;
// a busy machine delays the witness, too
const p99Ms = inForm({ short: 15_000, long: 100 });

test("frames behind streams that no handler reads count in the budget of their peer", async () => {
  await using server = await HoardServer.start();
  const before = await server.stats();
  await using attacker = await server.attacker();
  const hoard = attacker.client(Hoard);
  const refused: unknown[] = [];
  // the first message fills the queue of the stream, the second one waits behind it
  const messages = [260 * 1024, 3.9 * MIB].map((size) => ({
    bytes: randomBytes(size),
  }));
  for (let stream = 0; stream < 120; stream += 1) {
    hoard.ignore(messages, { timeoutMs: 120_000 }).catch((error) => refused.push(error));
  }
  await vi.waitFor(() => expect(refused.length).toBeGreaterThan(80), { timeout: 60_000 });
  for (const error of refused) {
    expect(error).toMatchObject({ details: { reason: "limit.maxHeldBytesPerPeer" } });
  }
  for (let look = 0; look < 5; look += 1) {
    const { heldBytes, rssBytes } = await server.stats();
    expect(heldBytes).toBeGreaterThan(BUDGET / 2);
    expect(heldBytes).toBeLessThanOrEqual(BUDGET + 40 * MIB);
    expect(rssBytes - before.rssBytes).toBeLessThan(4 * BUDGET);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await server.p99Ms()).toBeLessThan(p99Ms);
  await attacker.close();
  await vi.waitFor(async () => expect((await server.stats()).heldBytes).toBe(0), {
    timeout: 30_000,
  });
}, 240_000);

test("requests that never arrive whole are counted, and bounded for all connections of a peer", async () => {
  await using server = await HoardServer.start();
  const before = await server.stats();
  const frame = encodeFrame(0, new Uint8Array(60_000)).subarray(0, 59_000);
  const bytes = Buffer.concat([hoardHeader("keep"), frame]);
  const { peer } = await crowd(server.ready.address, {
    connections: 3,
    streams: 1200,
    bytes: () => bytes,
    ends: false,
  });
  await vi.waitFor(
    async () => expect((await server.stats()).queuedBytes).toBeGreaterThan(60 * MIB),
    {
      timeout: 30_000,
    },
  );
  for (let look = 0; look < 5; look += 1) {
    const { heldBytes, queuedBytes, rssBytes } = await server.stats();
    expect(heldBytes).toBeGreaterThan(queuedBytes / 2);
    expect(heldBytes).toBeLessThan(90 * MIB);
    expect(rssBytes - before.rssBytes).toBeLessThan(200 * MIB);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await server.p99Ms()).toBeLessThan(p99Ms);
  await peer[Symbol.asyncDispose]();
  await vi.waitFor(async () => expect((await server.stats()).heldBytes).toBe(0), {
    timeout: 30_000,
  });
}, 240_000);
