// Calls do not block the event loop, and neither does the native side.
import { randomBytes } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { bytes, defineService, implement, unary, wireType } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { Probe, probe } from "../support/probe.ts";

const CALLS = 200;
const SPAN_MS = 600;

interface Loop {
  readonly p99Ms: number;
  readonly ticks: number;
}

/** The delay of the event loop, and the number of times a 5 ms timer fires, during `work`. */
async function watched(work: () => Promise<void>): Promise<Loop> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 5);
  delay.enable();
  await work();
  delay.disable();
  clearInterval(timer);
  return { p99Ms: delay.percentile(99) / 1e6, ticks };
}

const Blob = wireType("loop/Blob", { bytes: bytes() });
const Blobs = defineService("Blobs", {}, { echo: unary(Blob, Blob) });

const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SPAN_MS));

test("fires timers on time with 200 running calls", { retry: 3 }, async () => {
  await using pair = await servicePair({ services: [probe()], transport: "quic" });
  const client = pair.client.client(Probe);
  const burst = () => Promise.all(Array.from({ length: CALLS }, () => client.sleep({ n: 20 })));
  await burst();
  const before = await watched(idle);
  let most = 0;
  let calls = 0;
  const during = await watched(async () => {
    for (const end = performance.now() + SPAN_MS; performance.now() < end; ) {
      const answered = burst();
      await new Promise((resolve) => setTimeout(resolve, 10));
      most = Math.max(most, pair.server.stats().calls);
      calls += (await answered).length;
    }
  });
  expect(most).toBe(CALLS);
  expect(calls).toBeGreaterThanOrEqual(5 * CALLS);
  // a busy machine delays an idle program too, so that delay is subtracted
  expect(during.p99Ms).toBeLessThan(before.p99Ms + 20);
  expect(during.ticks).toBeGreaterThan(before.ticks / 3);
});

test("shares the event loop between both sides with 64 calls of 1 MiB", { retry: 3 }, async () => {
  const blobs = implement(Blobs, { echo: (blob) => blob });
  await using pair = await servicePair({ services: [blobs], transport: "quic" });
  const client = pair.client.client(Blobs);
  const request = { bytes: randomBytes(1024 * 1024) };
  const burst = () => Promise.all(Array.from({ length: 64 }, () => client.echo(request)));
  await burst();
  const before = await watched(idle);
  const during = await watched(async () => {
    for (const reply of await burst()) expect(reply.bytes.length).toBe(request.bytes.length);
  });
  // 50 ms for each side
  expect(during.p99Ms).toBeLessThan(before.p99Ms + 100);
});
