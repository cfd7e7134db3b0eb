import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    native: "src/native/index.ts",
    row: "src/row/index.ts",
    arrow: "src/row/arrow.ts",
    "json-schema": "src/json/json-schema.ts",
    "apache-fory": "src/adapters/apache-fory.ts",
  },
  format: "esm",
  target: "node22",
  // members that are marked as internal are for this repository only
  dts: { compilerOptions: { stripInternal: true } },
  sourcemap: true,
  clean: true,
});
