import { test } from "vitest";
import { expectFlat, footprints } from "../support/footprint.ts";

test("a million calls and 20 000 cancelled ones keep no memory", async () => {
  expectFlat(await footprints(1_000_000, 20_000, 20));
});
