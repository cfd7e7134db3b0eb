// The times at which a client requests admission again.
import { fakeClock } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { AdmissionRenewal } from "../../src/reconnect/admission-renewal.ts";
import { now } from "../../src/time/clock.ts";

/** A renewal whose requests are answered with `answer`, and the times of its requests. */
function renewal(answer: () => number | Error) {
  const at: number[] = [];
  const made = new AdmissionRenewal(async () => {
    at.push(now());
    const result = answer();
    if (result instanceof Error) throw result;
    return result;
  });
  return { made, at };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test.each([
  ["a day, at most a minute before its end", DAY_MS, DAY_MS - 60_000],
  ["three seconds, in the last third", 3_000, 2_000],
  ["two months, which is longer than a timer of Node", 60 * DAY_MS, 60 * DAY_MS - 60_000],
])("renews an admission of %s", async (_, validMs, earliestMs) => {
  using clock = fakeClock();
  const start = now();
  const { made, at } = renewal(() => now() + validMs);
  made.admitted(start + validMs);
  await clock.advance(earliestMs - 1);
  expect(at).toEqual([]);
  await clock.advance(validMs - earliestMs);
  expect(at).toHaveLength(1);
  await clock.advance(validMs);
  expect(at).toHaveLength(2);
  made.close();
});

test("does nothing for an admission whose end is not known, and after the close", async () => {
  using clock = fakeClock();
  const { made, at } = renewal(() => Number.POSITIVE_INFINITY);
  made.admitted(Number.POSITIVE_INFINITY);
  await clock.advance(400 * DAY_MS);
  made.admitted(now() + 1_000);
  made.close();
  await clock.advance(DAY_MS);
  expect(at).toEqual([]);
});

test("renews once when the new admission does not end later", async () => {
  using clock = fakeClock();
  const end = now() + HOUR_MS;
  const { made, at } = renewal(() => end);
  made.admitted(end);
  await clock.advance(2 * HOUR_MS);
  expect(at).toHaveLength(1);
});

test("tries again before the end, then only for a call, at growing intervals", async () => {
  using clock = fakeClock();
  const end = now() + HOUR_MS;
  const { made, at } = renewal(() => new Error("denied"));
  made.admitted(end);
  await clock.advance(HOUR_MS);
  const inTime = at.length;
  expect(inTime).toBeGreaterThanOrEqual(3);
  expect(inTime).toBeLessThan(10);
  await clock.advance(DAY_MS);
  expect(at).toHaveLength(inTime);
  for (let second = 0; second < 600; second += 1) {
    made.lapsed();
    await clock.advance(1_000);
  }
  // one a minute
  expect(at.length - inTime).toBeLessThan(20);
  expect(at.length - inTime).toBeGreaterThanOrEqual(9);
});

test("requests admission at once when the server has ended it, once for many calls", async () => {
  using clock = fakeClock();
  const { made, at } = renewal(() => now() + HOUR_MS);
  made.admitted(now() + HOUR_MS);
  await clock.advance(60_000);
  for (let call = 0; call < 100; call += 1) made.lapsed();
  await clock.advance(10);
  for (let call = 0; call < 100; call += 1) made.lapsed();
  expect(at).toHaveLength(1);
  made.close();
});
