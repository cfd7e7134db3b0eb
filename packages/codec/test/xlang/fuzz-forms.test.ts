import { expect, test } from "vitest";
import { Fuzzer, fuzzSeed, share, type Target } from "../support/fuzz.ts";
import { jsonTargets, nativeTargets, sealed, zstdTargets } from "../support/fuzz-forms.ts";
import { vectorTargets } from "../support/fuzz-xlang.ts";

const forms: readonly (readonly [string, number, () => readonly Target[]])[] = [
  ["JSON", 0.05, jsonTargets],
  ["native messages", 0.05, nativeTargets],
  ["zstd frames", 0.01, zstdTargets],
  ["definitions with the right hash", 0.02, () => sealed(vectorTargets("java-b"))],
];

test.each(forms)(
  `mutated %s (ASTER_FUZZ_SEED=${fuzzSeed})`,
  {
    timeout: 300_000,
  },
  (_, part, targets) => {
    const counts = new Fuzzer(targets(), fuzzSeed + 3).run(share(part));
    expect(counts.inputs).toBeGreaterThanOrEqual(share(part));
    expect(counts.read).toBeGreaterThan(counts.inputs / 1_000);
    expect(counts.refused).toBeGreaterThan(counts.inputs / 10);
  },
);
