import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  // esbuild compiles the decorators in tests and apps
  esbuild: { target: "es2022" },
  test: {
    include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "scripts/**/*.test.mjs"],
    // run by npm run test:long, and by a check of their own
    exclude: [...configDefaults.exclude, "**/*.long.test.ts", "**/*.installed.test.ts"],
    env: { ASTER_RELAY_MODE: "disabled" },
    pool: "forks",
    // npm test names the tests that needed it
    retry: 1,
    testTimeout: 20_000,
    // the default of one second is too short for a busy machine
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
