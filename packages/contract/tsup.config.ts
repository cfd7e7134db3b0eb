import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/blake3-node.ts", "src/blake3-portable.ts"],
  // the published manifest chooses between the two
  external: ["#blake3"],
  format: "esm",
  target: "node22",
  dts: true,
  sourcemap: true,
  clean: true,
});
