import { expect, test } from "vitest";
import { newLease, summarizeLease } from "../../src/index.ts";

test("summarizes a lease as JSON with all keys", () => {
  const [endpointId, contractId] = ["e".repeat(64), "c".repeat(64)];
  const lease = newLease({ endpointId, contractId, service: "S", version: 1 }, 1);
  expect(JSON.parse(JSON.stringify(summarizeLease(lease)))).toEqual({
    endpointId,
    health: "starting",
    load: null,
    seq: 1,
    addresses: [],
  });
  expect(summarizeLease({ ...lease, load: 0.5 }).load).toBe(0.5);
});
