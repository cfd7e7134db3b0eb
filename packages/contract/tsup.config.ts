import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    model: "src/model/index.ts",
    "blake3-node": "src/model/blake3-node.ts",
    "blake3-portable": "src/model/blake3-portable.ts",
  },
  // the published manifest chooses between the two
  external: ["#blake3"],
  format: "esm",
  target: "node22",
  dts: { compilerOptions: { stripInternal: true } },
  sourcemap: true,
  clean: true,
});
