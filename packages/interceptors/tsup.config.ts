import { defineConfig } from "tsup";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/deadline.ts",
    "src/metrics.ts",
    "src/audit-log.ts",
    "src/auth.ts",
    "src/request-log.ts",
  ],
  format: "esm",
  target: "node22",
  dts: { compilerOptions: { stripInternal: true } },
  sourcemap: true,
  clean: true,
});
