import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Starts the files of the slowest packages first, so that the workers end together. */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      if (moduleId.includes("/apps/conformance/")) return 0;
      if (/\/apps\/interop\/|\/fuzz[^/]*$/.test(moduleId)) return 1;
      return 2;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  // esbuild compiles the decorators in tests and apps
  esbuild: { target: "es2022" },
  test: {
    include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "scripts/**/*.test.mjs"],
    // run by npm run test:long, and by a check of their own
    exclude: [...configDefaults.exclude, "**/*.long.test.ts", "**/*.installed.test.ts"],
    env: { ASTER_RELAY_MODE: "disabled" },
    globalSetup: "apps/interop/test/support/build-programs.ts",
    pool: "forks",
    // many tests wait for peers and timers; by default one processor is left out
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowestFirst },
    // npm test names the tests that needed it
    retry: 1,
    testTimeout: 20_000,
    // the default of one second is too short for a busy machine
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
