// Calls leave the event loop to others: work of the native side never blocks it.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { servicePair } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { Probe, probe } from "./probe.ts";

const CALLS = 200;
const SPAN_MS = 600;

interface Loop {
  readonly p99Ms: number;
  readonly ticks: number;
}

/** How late the loop is, and how often a timer of 5 ms fires, while `work` goes on. */
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

const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SPAN_MS));

test("with 200 calls in flight timers fire as they do without", { retry: 3 }, async () => {
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
  // what a busy machine does to an idle program is not ours to answer for
  expect(during.p99Ms).toBeLessThan(before.p99Ms + 20);
  expect(during.ticks).toBeGreaterThan(before.ticks / 3);
});
