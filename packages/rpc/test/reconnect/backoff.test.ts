import { afterEach, expect, test, vi } from "vitest";
import { Backoff } from "../../src/reconnect/backoff.ts";

afterEach(() => vi.restoreAllMocks());

/** Returns the waits after this many failed attempts, each at the time 0. */
function waits(backoff: Backoff, count: number): number[] {
  return Array.from({ length: count }, () => {
    backoff.attemptStarted(0);
    backoff.failed();
    return Math.round(backoff.remainingMs(0));
  });
}

test("the back-off grows from 500 ms to 30 s", () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  expect(waits(new Backoff({}), 11)).toEqual([
    500, 800, 1280, 2048, 3277, 5243, 8389, 13_422, 21_475, 30_000, 30_000,
  ]);
});

test.each([
  [0, 400],
  [1, 600],
])("the jitter is 20 % at most: random %d", (random, waitMs) => {
  vi.spyOn(Math, "random").mockReturnValue(random);
  expect(waits(new Backoff({}), 1)).toEqual([waitMs]);
});

test("a long connection resets the back-off, a short one counts as a failure", () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const backoff = new Backoff({});
  waits(backoff, 3);
  backoff.lost(29_999, 100_000);
  expect(Math.round(backoff.remainingMs(100_000))).toBe(2048);
  expect(backoff.remainingMs(100_500)).toBeCloseTo(1548);
  backoff.lost(30_000, 200_000);
  expect(backoff.remainingMs(200_000)).toBe(0);
  expect(waits(backoff, 1)).toEqual([500]);
});
