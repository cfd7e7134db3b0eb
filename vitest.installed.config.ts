import { defineConfig } from "vitest/config";

/** Tests of the packed packages, which the set-up installs into folders outside the workspace. */
export default defineConfig({
  test: {
    include: ["apps/installed/test/**/*.installed.test.ts"],
    globalSetup: "apps/installed/test/support/setup.ts",
    env: { ASTER_RELAY_MODE: "disabled" },
    pool: "forks",
    // npm test names the tests that needed it
    retry: 1,
    testTimeout: 60_000,
    // the default of one second is too short for a busy machine
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 120_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
