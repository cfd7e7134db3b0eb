import { test } from "vitest";
import { expectFlat, footprints } from "../support/footprint.ts";

test("50 000 calls and 2000 cancelled ones keep no memory", { timeout: 60_000 }, async () => {
  expectFlat(await footprints(50_000, 2000, 5));
});
