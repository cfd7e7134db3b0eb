import { defineConfig } from "tsup";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/audit-log.ts",
    "src/auth.ts",
    "src/bulkhead.ts",
    "src/circuit-breaker.ts",
    "src/compression.ts",
    "src/deadline.ts",
    "src/metrics.ts",
    "src/rate-limit.ts",
  ],
  format: "esm",
  target: "node22",
  dts: { compilerOptions: { stripInternal: true } },
  sourcemap: true,
  clean: true,
});
