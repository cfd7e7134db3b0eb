// Calls do not block the event loop, and neither does the native side.
import { randomBytes } from "node:crypto";
import { bytes, defineService, implement, unary, wireType } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { Probe, probe } from "../support/probe.ts";

const CALLS = 200;
const SPAN_MS = 600;

/** The CPU time of this thread, which other programs on the machine do not lengthen. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The CPU time between the events of a 5 ms timer during `work`: the most of 99 % of them. */
async function p99TurnMs(work: () => Promise<void>): Promise<number> {
  const turns: number[] = [];
  let last = cpuMs();
  const timer = setInterval(() => {
    const now = cpuMs();
    turns.push(now - last);
    last = now;
  }, 5);
  await work();
  clearInterval(timer);
  return turns.sort((a, b) => a - b)[Math.floor(turns.length * 0.99)] ?? cpuMs() - last;
}

const Blob = wireType("loop/Blob", { bytes: bytes() });
const Blobs = defineService("Blobs", {}, { echo: unary(Blob, Blob) });

test("fires timers in time with 200 running calls", async () => {
  await using pair = await servicePair({ services: [probe()], transport: "quic" });
  const client = pair.client.client(Probe);
  const burst = () => Promise.all(Array.from({ length: CALLS }, () => client.sleep({ n: 20 })));
  await burst();
  let most = 0;
  let calls = 0;
  const turnMs = await p99TurnMs(async () => {
    const end = performance.now() + SPAN_MS;
    while (performance.now() < end || calls < 5 * CALLS) {
      const answered = burst();
      await new Promise((resolve) => setTimeout(resolve, 10));
      most = Math.max(most, pair.server.stats().calls);
      calls += (await answered).length;
    }
  });
  expect(most).toBe(CALLS);
  expect(turnMs).toBeLessThan(50);
});

test("shares the event loop between both sides with 64 calls of 1 MiB", async () => {
  const blobs = implement(Blobs, { echo: (blob) => blob });
  await using pair = await servicePair({ services: [blobs], transport: "quic" });
  const client = pair.client.client(Blobs);
  const request = { bytes: randomBytes(1024 * 1024) };
  const burst = () => Promise.all(Array.from({ length: 64 }, () => client.echo(request)));
  await burst();
  const turnMs = await p99TurnMs(async () => {
    for (const reply of await burst()) expect(reply.bytes.length).toBe(request.bytes.length);
  });
  // 50 ms for each side
  expect(turnMs).toBeLessThan(100);
}, 60_000);
