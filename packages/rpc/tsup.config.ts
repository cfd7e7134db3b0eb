import { defineConfig } from "tsup";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/contract.ts",
    "src/client.ts",
    "src/server.ts",
    "src/interceptor.ts",
    "src/metrics.ts",
    "src/testing.ts",
  ],
  format: "esm",
  target: "node22",
  dts: { compilerOptions: { stripInternal: true } },
  sourcemap: true,
  clean: true,
});
