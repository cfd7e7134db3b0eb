import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/json.ts"],
  format: "esm",
  target: "node22",
  dts: { compilerOptions: { stripInternal: true } },
  sourcemap: true,
  clean: true,
});
