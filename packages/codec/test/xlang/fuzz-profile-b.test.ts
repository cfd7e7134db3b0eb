import { expect, test } from "vitest";
import { Fuzzer, fuzzSeed, share } from "../support/fuzz.ts";
import { vectorTargets } from "../support/fuzz-xlang.ts";

test(`mutated messages of profile B (ASTER_FUZZ_SEED=${fuzzSeed})`, { timeout: 300_000 }, () => {
  const targets = [...vectorTargets("profile-b"), ...vectorTargets("java-b")];
  expect(targets.length).toBeGreaterThan(1_000);
  const counts = new Fuzzer(targets, fuzzSeed + 1).run(share(0.4));
  expect(counts.inputs).toBeGreaterThanOrEqual(share(0.4));
  expect(counts.read).toBeGreaterThan(counts.inputs / 100);
  expect(counts.refused).toBeGreaterThan(counts.inputs / 2);
});
