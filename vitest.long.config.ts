import { defineConfig } from "vitest/config";

/** What takes minutes: one file at a time, because these tests measure memory and times. */
export default defineConfig({
  esbuild: { target: "es2022" },
  test: {
    include: ["packages/*/test/**/*.long.test.ts", "apps/*/test/**/*.long.test.ts"],
    env: { ASTER_RELAY_MODE: "disabled" },
    pool: "forks",
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
