import { expect, test } from "vitest";
import { measureLargeRegistry } from "../support/large-registry.ts";

test("a reader gets every entry of a document with more than 1024", {
  timeout: 600_000,
}, async () => {
  const figures = await measureLargeRegistry({ contracts: 1_100, leases: 50 });
  // usually less than 0.1 ms
  expect(figures.resolveMs, JSON.stringify(figures)).toBeLessThan(5);
});
