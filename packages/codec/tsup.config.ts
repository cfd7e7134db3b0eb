import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    arrow: "src/row/arrow.ts",
    "apache-fory": "src/adapters/apache-fory.ts",
  },
  format: "esm",
  target: "node22",
  dts: true,
  sourcemap: true,
  clean: true,
});
