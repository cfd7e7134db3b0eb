import { defineConfig } from "vitest/config";

/** Tests that take minutes. They measure memory and times, so one file runs at a time. */
export default defineConfig({
  esbuild: { target: "es2022" },
  test: {
    include: [
      "packages/*/test/**/*.long.test.ts",
      "apps/*/test/**/*.long.test.ts",
      // these files have a short and a long form
      "apps/interop/test/faults/*.test.ts",
      "apps/interop/test/attacks/*.test.ts",
      "apps/interop/test/codec/{evolution,graphs,random,rows}.test.ts",
      "packages/codec/test/**/fuzz*.test.ts",
    ],
    env: { ASTER_RELAY_MODE: "disabled", TEST_LONG: "1" },
    globalSetup: "apps/interop/test/support/build-programs.ts",
    pool: "forks",
    fileParallelism: false,
    testTimeout: 1_800_000,
    // the default of one second is too short for a busy machine
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 120_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
