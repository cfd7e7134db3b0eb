import { expect, test } from "vitest";
import { Fuzzer, fuzzSeed, share } from "../support/fuzz.ts";
import { exactTargets, vectorTargets } from "../support/fuzz-xlang.ts";

test(`mutated messages of profile A (ASTER_FUZZ_SEED=${fuzzSeed})`, { timeout: 300_000 }, () => {
  const targets = [...exactTargets(), ...vectorTargets("profile-a-refs")];
  expect(targets.length).toBeGreaterThan(1_000);
  const counts = new Fuzzer(targets, fuzzSeed).run(share(0.35));
  expect(counts.inputs).toBeGreaterThanOrEqual(share(0.35));
  expect(counts.read).toBeGreaterThan(counts.inputs / 100);
  expect(counts.refused).toBeGreaterThan(counts.inputs / 2);
});
