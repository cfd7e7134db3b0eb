// Few bytes on the wire that are many in memory.
import { RpcError } from "@aster/rpc";
import { expect, test, vi } from "vitest";
import { inForm } from "../faults/support/form.ts";
import { Hoard } from "./support/hoard.ts";
import { HoardServer } from "./support/hoard-server.ts";

const MIB = 1024 * 1024;
/** The largest message, which compresses to less than a kilobyte. */
const LARGE = 4 * MIB - 100;
/** One message may exceed the budget of its peer by what it needs beyond its size on the wire. */
const BUDGET = 64 * MIB;
const { calls, streams, worstMs } = inForm({
  short: { calls: 200, streams: 20, worstMs: 30_000 },
  long: { calls: 1200, streams: 200, worstMs: 5000 },
});

test(`a server keeps at most 64 MiB of ${calls} requests of 4 MiB from one peer`, async () => {
  await using server = await HoardServer.start();
  const before = await server.stats();
  await using attacker = await server.attacker();
  const hoard = attacker.client(Hoard);
  const request = { bytes: new Uint8Array(LARGE) };
  const refused: unknown[] = [];
  for (let call = 0; call < calls; call += 1) {
    void hoard.keep(request, { timeoutMs: 120_000 }).catch((error) => refused.push(error));
  }
  await vi.waitFor(() => expect(refused.length).toBeGreaterThanOrEqual(calls - 16), {
    timeout: 60_000,
  });
  for (const error of refused) {
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ details: { reason: "limit.maxHeldBytesPerPeer" } });
  }
  const during = await server.stats();
  expect(during.calls).toBe(calls - refused.length);
  expect(during.calls).toBeGreaterThan(10);
  expect(during.heldBytes).toBeLessThanOrEqual(BUDGET);
  expect(during.rssBytes - before.rssBytes).toBeLessThan(4 * BUDGET);
  expect(await server.worstMs()).toBeLessThan(worstMs);
  await attacker.close();
  await vi.waitFor(async () => expect((await server.stats()).heldBytes).toBe(0), {
    timeout: 30_000,
  });
}, 240_000);

test(`${streams} streams of many small objects do not fill the heap of a server`, async () => {
  await using server = await HoardServer.start();
  await using attacker = await server.attacker();
  const hoard = attacker.client(Hoard);
  const list = Array.from({ length: 180_000 }, () => ({ x: 1, y: 1 }));
  // nothing is read of their answers
  const open = Array.from({ length: streams }, () => hoard.chat(Array(3).fill({ list })));
  let most = 0;
  for (let look = 0; look < 20; look += 1) {
    const { heldBytes } = await server.stats();
    most = Math.max(most, heldBytes);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(2 * BUDGET);
  expect(await server.worstMs()).toBeLessThan(worstMs);
  await Promise.all(open.map((stream) => stream.return()));
}, 240_000);
