// One hostile peer at a time, in a process of its own, beside a witness that calls all the time.

import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Child, testkitMain } from "@aster-apps/testkit/process";
import { describe, expect, test, vi } from "vitest";
import { ControlClient } from "../faults/support/control-client.ts";
import { inForm } from "../faults/support/form.ts";
import { program, type Ready, TestkitServer } from "../faults/support/testkit-server.ts";
import { attacks } from "./support/attacks.ts";
import { Witness } from "./support/witness.ts";

const MIB = 1024 * 1024;
const attacker = fileURLToPath(new URL("programs/attacker.ts", import.meta.url));
const { attackMs, names } = inForm({
  short: { attackMs: 1_500, names: ["texts in JSON", "unknown keys in JSON", "points in XLANG"] },
  long: { attackMs: 10_000, names: Object.keys(attacks) },
});
const WITNESS_P99_MS = 100;
/** The table of docs/reliability.md: 64 MiB twice, and what the connections of the peer buffer. */
const MOST_MIB = 256;
/** Without `--optimize-for-size`, which makes decoding take several times as long. */
const flags = [
  "--unhandled-rejections=strict",
  "--expose-gc",
  "--import",
  import.meta.resolve("tsx"),
];
const frugal = { MALLOC_TRIM_THRESHOLD_: "65536", MALLOC_MMAP_THRESHOLD_: "65536" };
const isReady = (value: unknown): value is Ready => (value as { ready?: true }).ready === true;

async function server(): Promise<TestkitServer> {
  const args = [testkitMain, "serve", "--open", "--bind", "127.0.0.1:0"];
  const child = new Child(process.execPath, [...flags, ...args], frugal);
  return new TestkitServer(child, await child.line(isReady));
}

/** The ratio of the time that passes to the time that a busy thread gets, on this busy machine. */
function slowdown(): number {
  const started = performance.now();
  const before = process.cpuUsage();
  while (performance.now() - started < 100);
  const { user, system } = process.cpuUsage(before);
  return Math.max(1, 100 / ((user + system) / 1_000));
}

const ready = (value: unknown): value is object =>
  (value as { attacking?: true }).attacking === true;
const left = (value: unknown): value is { readonly steps: number } =>
  (value as { steps?: number }).steps !== undefined;

describe("one attacker", { timeout: 120_000, retry: 2 }, () => {
  test.each(names)("%s: others are answered, and all is freed", async (name) => {
    await using attacked = await server();
    await using control = await ControlClient.of(attacked);
    const { rssBytes } = await attacked.stats({ collect: true });
    await using witness = await Witness.of(attacked.address);
    await using attack = program(attacker, attacked.address, name);
    await attack.line(ready, 60_000);
    await witness.watched();
    await sleep(attackMs);
    const slow = slowdown();
    const { p99Ms, failures } = await witness.watched();
    const during = await attacked.stats();
    attack.send("stop");
    const { steps } = await attack.line(left, 30_000);
    expect(failures).toEqual([]);
    expect(steps).toBeGreaterThan(0);
    expect(p99Ms).toBeLessThan(WITNESS_P99_MS * slow);
    expect((during.rssBytes - rssBytes) / MIB).toBeLessThan(MOST_MIB);
    await witness[Symbol.asyncDispose]();
    await vi.waitFor(() => control.expectHealthy(), { timeout: 10_000 });
  });
});
