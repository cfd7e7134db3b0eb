// The counts of metrics() for real calls: all patterns and sessions, on both sides.
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  RpcError,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type MethodMetrics, metrics } from "../src/metrics.ts";

const Count = wireType("metricstest/Count", { n: z.int() });
const methods = {
  one: unary(Count, Count),
  out: serverStream(Count, Count),
  in: clientStream(Count, Count),
  both: bidiStream(Count, Count),
};
const Numbers = defineService("Numbers", {}, methods);
const Kept = defineService("Kept", { scoped: "session" }, { one: unary(Count, Count) });

const numbers = implement(Numbers, {
  async one({ n }) {
    if (n < 0) throw new RpcError(StatusCode.OUT_OF_RANGE, "negative");
    return { n };
  },
  async *out({ n }) {
    for (let at = 0; at < n; at++) yield { n: at };
  },
  async in(requests) {
    let n = 0;
    for await (const request of requests) n += request.n;
    return { n };
  },
  async *both(requests) {
    for await (const request of requests) yield request;
  },
});
const kept = implement(Kept, () => ({ one: async (request) => request }));

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test("calls of every pattern, and of sessions, count on both sides", async () => {
    const counted = metrics();
    const interceptors = [counted];
    await using pair = await servicePair({
      services: [numbers, kept],
      transport,
      interceptors,
      client: { interceptors },
    });
    const calls = pair.client.client(Numbers);
    await calls.one({ n: 1 });
    await expect(calls.one({ n: -1 })).rejects.toMatchObject({ code: StatusCode.OUT_OF_RANGE });
    for await (const _ of calls.out({ n: 3 }));
    await calls.in([{ n: 1 }, { n: 2 }]);
    for await (const _ of calls.both([{ n: 1 }, { n: 2 }, { n: 3 }]));
    await using session = await pair.client.session(Kept);
    await session.one({ n: 1 });
    await session.one({ n: 2 });

    const rows = (): unknown[] => counted.snapshot().map(rowOf);
    const expected = [
      ["Numbers.one", 2, 0, { OK: 1, OUT_OF_RANGE: 1 }, 2, 1],
      ["Numbers.out", 1, 0, { OK: 1 }, 1, 3],
      ["Numbers.in", 1, 0, { OK: 1 }, 2, 1],
      ["Numbers.both", 1, 0, { OK: 1 }, 3, 3],
      ["Kept.one", 2, 0, { OK: 2 }, 2, 2],
    ];
    await expect
      .poll(rows, { timeout: 10_000 })
      .toEqual([
        ...expected.map((row) => ["client", ...row]),
        ...expected.map((row) => ["server", ...row]),
      ]);
  });
});

function rowOf(counts: MethodMetrics): unknown[] {
  const { side, service, method, started, inFlight, ended, requests, responses } = counts;
  return [side, `${service}.${method}`, started, inFlight, ended, requests, responses];
}
