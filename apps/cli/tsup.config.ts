import { cp } from "node:fs/promises";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/main.ts"],
  format: "esm",
  target: "node22",
  // commands are chunks of their own, so that each start reads only its own command
  splitting: true,
  clean: true,
  // the page of `aster console`
  onSuccess: () => cp("../console/dist", "dist/console", { recursive: true }),
});
