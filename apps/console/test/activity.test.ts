import { expect, test } from "vitest";
import type { MetricsView } from "../src/protocol.ts";
import { pointBetween } from "../src/state/activity.ts";

const counts: MetricsView = {
  ...{ atMs: 1000, started: 10, succeeded: 8, failed: 2, inFlight: 0 },
  ...{ streams: 1, sessions: 0, connections: 1 },
  buckets: [
    [0.1, 5],
    [1, 8],
    [Number.MAX_VALUE, 10],
  ],
};

test("rates and quantiles are those of the calls between two readings", () => {
  const later: MetricsView = {
    ...counts,
    ...{ atMs: 3000, started: 30, failed: 3, streams: 4 },
    buckets: [
      [0.1, 5],
      [1, 28],
      [Number.MAX_VALUE, 30],
    ],
  };
  expect(pointBetween(counts, later)).toEqual({
    atMs: 3000,
    callsPerSecond: 10,
    failedPerSecond: 0.5,
    p50Ms: expect.closeTo(550),
    p95Ms: expect.closeTo(955),
    open: 4,
    repliesPerSecond: 0,
  });
});

test("a peer that was restarted has no negative rates", () => {
  const fresh: MetricsView = { ...counts, atMs: 2000, started: 1, failed: 0, buckets: [] };
  expect(pointBetween(counts, fresh)).toMatchObject({
    callsPerSecond: 0,
    failedPerSecond: 0,
    p50Ms: undefined,
  });
});
