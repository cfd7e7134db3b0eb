import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    admission: "src/admission.ts",
    files: "src/files.ts",
    json: "src/admission/json.ts",
    mesh: "src/mesh.ts",
  },
  format: "esm",
  target: "node22",
  dts: { compilerOptions: { stripInternal: true } },
  sourcemap: true,
  clean: true,
});
