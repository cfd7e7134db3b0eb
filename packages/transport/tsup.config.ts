import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/blobs.ts", "src/docs.ts", "src/gossip.ts", "src/testing.ts"],
  format: "esm",
  target: "node22",
  dts: true,
  sourcemap: true,
  clean: true,
});
