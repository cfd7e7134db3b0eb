import { defineConfig } from "vite";

export default defineConfig({
  // the page is served from the root of a port of its own
  base: "/",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    outDir: "dist",
    assetsDir: ".",
    // the policy of the page allows no inline scripts
    modulePreload: false,
    assetsInlineLimit: 0,
    // the page contains these packages
    license: { fileName: "licenses.md" },
  },
});
