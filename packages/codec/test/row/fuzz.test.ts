import { expect, test } from "vitest";
import { Fuzzer, fuzzSeed, share } from "../support/fuzz.ts";
import { rowTargets } from "../support/fuzz-rows.ts";

test(`mutated rows, through every accessor, and schemas (ASTER_FUZZ_SEED=${fuzzSeed})`, {
  timeout: 300_000,
}, () => {
  const counts = new Fuzzer(rowTargets(), fuzzSeed + 2).run(share(0.12));
  expect(counts.inputs).toBeGreaterThanOrEqual(share(0.12));
  expect(counts.read).toBeGreaterThan(counts.inputs / 10);
  expect(counts.refused).toBeGreaterThan(counts.inputs / 10);
});
