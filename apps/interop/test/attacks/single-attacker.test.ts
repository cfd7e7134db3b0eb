// One hostile process, beside a witness that calls all the time.
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Child } from "@aster-apps/testkit/process";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { inForm } from "../faults/support/form.ts";
import { program } from "../faults/support/testkit-server.ts";
import { attacks } from "./support/attacks.ts";
import { HoardServer, type HoardStats } from "./support/hoard-server.ts";
import { slowdown } from "./support/slowdown.ts";

const MIB = 1024 * 1024;
const { attackMs, p99Ms, names } = inForm({
  short: {
    attackMs: 1_200,
    // a busy machine delays the few calls of this time by more than the strict bound
    p99Ms: 500,
    names: [
      "points in XLANG",
      "headers without requests",
      "streams that the attacker does not read",
      "long headers",
      "colliding sets in JSON",
      "silent admissions",
    ],
  },
  long: { attackMs: 4_000, p99Ms: 100, names: Object.keys(attacks) },
});
/**
 * The table of docs/reliability.md: requests and answers, which are 64 MiB each of one peer and
 * together a quarter of the heap of all peers, and one message more of each.
 */
const MOST = (2 * 64 + 2 * 8) * MIB;
/** Parts of messages, and data of streams that wait, of each peer. */
const MOST_PARTS = (32 + 80) * MIB;
const FREED_MS = 10_000;

const OPTIONS = { timeout: 120_000, retry: inForm({ short: 2, long: 0 }) };

let server: HoardServer;
let attacker: Child;
let rest: HoardStats;

beforeAll(async () => {
  server = await HoardServer.start();
  const path = fileURLToPath(new URL("programs/attacker.ts", import.meta.url));
  attacker = program(path, server.ready.address);
  await attacker.line((value): value is object => has(value, "ready"));
  await sleep(500);
  rest = await server.stats();
}, 60_000);

afterAll(async () => {
  await attacker[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Expects that nothing is held for the attacker, which has left. */
async function expectFreed(): Promise<void> {
  const now = await server.stats();
  expect(now.connections).toBe(rest.connections);
  // one may be that of the witness
  expect(now.channels).toBeLessThan(2);
  expect(now.calls).toBeLessThan(2);
  expect(now.sessions).toBe(0);
  expect(now.heldBytes).toBe(0);
  expect(now.liveBytes - rest.liveBytes).toBeLessThan(32 * MIB);
}

test.each(names)("%s: others are answered, and all is freed", OPTIONS, async (name) => {
  const { holds, keys = 1 } = attacks[name]?.() ?? {};
  const slowBefore = await slowdown();
  const before = await server.stats();
  attacker.send(name);
  await attacker.line((value): value is object => has(value, "attacking"), 60_000);
  await server.recentP99Ms();
  await sleep(attackMs);
  const witnessMs = await server.recentP99Ms();
  const during = await server.stats();
  const slow = inForm({ short: Math.max(slowBefore, await slowdown()), long: 1 });
  attacker.send("stop");
  const isLeft = (value: unknown): value is { steps: number } => has(value, "steps");
  const { steps } = await attacker.line(isLeft, 30_000);
  expect(steps).toBeGreaterThan(0);
  expect(witnessMs).toBeLessThan(p99Ms * slow);
  expect(during.rssBytes - before.rssBytes).toBeLessThan(MOST + keys * MOST_PARTS);
  if (holds) expect(during[holds]).toBeGreaterThan(before[holds]);
  await vi.waitFor(expectFreed, { timeout: FREED_MS * slow, interval: 200 });
});

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && key in value;
}
