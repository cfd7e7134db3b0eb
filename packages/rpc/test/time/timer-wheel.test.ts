import { fakeClock } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { Sweep } from "../../src/time/sweep.ts";
import type { Timed, TimerSlot } from "../../src/time/timer-slot.ts";
import { TimerWheel } from "../../src/time/timer-wheel.ts";

class Entry implements Timed {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  expiredAt = 0;
  readonly #then: () => void;

  constructor(then: () => void = () => {}) {
    this.#then = then;
  }

  expired(): void {
    expect(this.expiredAt).toBe(0);
    this.expiredAt = performance.now();
    this.#then();
  }
}

const tick = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("expires an entry in the past at once, without a warning of Node", async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.name);
  process.on("warning", note);
  const wheel = new TimerWheel();
  const entry = new Entry();
  wheel.add(entry, performance.now() - 50);
  await tick(50);
  process.off("warning", note);
  expect(entry.expiredAt).toBeGreaterThan(0);
  expect(warnings).toEqual([]);
});

test("expires every entry once, shortly after its time", async () => {
  const wheel = new TimerWheel();
  const now = performance.now();
  const entries = Array.from({ length: 300 }, (_, i) => ({
    entry: new Entry(),
    at: now + ((i * 37) % 120),
  }));
  for (const { entry, at } of entries) wheel.add(entry, at);
  await tick(200);
  for (const { entry, at } of entries) {
    expect(entry.expiredAt).toBeGreaterThanOrEqual(at);
    expect(entry.expiredAt - at).toBeLessThan(60);
  }
});

test("does not expire removed entries, whatever happens to their neighbours", async () => {
  const wheel = new TimerWheel();
  const at = performance.now() + 20;
  const entries = Array.from({ length: 30 }, () => new Entry());
  for (const entry of entries) wheel.add(entry, at);
  entries.forEach((entry, i) => {
    if (i % 3 !== 1) wheel.remove(entry);
    if (i % 3 === 0) wheel.remove(entry);
  });
  await tick(60);
  expect(entries.map(({ expiredAt }) => expiredAt > 0)).toEqual(entries.map((_, i) => i % 3 === 1));
});

test("lets an entry add and remove others when it expires", async () => {
  const wheel = new TimerWheel();
  const later = new Entry();
  const sooner = new Entry();
  const removed = new Entry();
  const first = new Entry(() => {
    wheel.remove(removed);
    wheel.add(sooner, performance.now() + 5);
  });
  const now = performance.now();
  wheel.add(later, now + 80);
  wheel.add(removed, now + 10);
  wheel.add(first, now + 10);
  await tick(50);
  expect(sooner.expiredAt).toBeGreaterThan(0);
  expect(later.expiredAt).toBe(0);
  await tick(70);
  expect(later.expiredAt).toBeGreaterThan(0);
  expect(removed.expiredAt).toBe(0);
});

test("accepts a time in the past and one above the longest timer", async () => {
  const wheel = new TimerWheel();
  const past = new Entry();
  const far = new Entry();
  wheel.add(far, performance.now() + 3e12);
  wheel.add(past, 0);
  await tick(20);
  expect(past.expiredAt).toBeGreaterThan(0);
  expect(far.expiredAt).toBe(0);
  wheel.remove(far);
});

test("expires entries of a sweep at most a quarter of its time late", async () => {
  using clock = fakeClock();
  const sweep = new Sweep(100);
  await clock.advance(10);
  const [stays, leaves] = [new Entry(), new Entry()];
  sweep.add(stays);
  sweep.add(leaves);
  await clock.advance(100);
  expect(stays.expiredAt).toBe(0);
  sweep.remove(leaves);
  await clock.advance(24);
  expect(stays.expiredAt).toBeGreaterThan(0);
  expect(leaves.expiredAt).toBe(0);
  sweep.close();
});
