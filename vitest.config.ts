import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  // esbuild lowers the decorators that tests and apps apply
  esbuild: { target: "es2022" },
  test: {
    include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "scripts/**/*.test.mjs"],
    // npm run test:long runs these
    exclude: [...configDefaults.exclude, "**/*.long.test.ts"],
    env: { ASTER_RELAY_MODE: "disabled" },
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
