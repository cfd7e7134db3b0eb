// Usage: node bundle.mjs BUNDLER. Bundles first.mjs and its packages for Node, without the native
// package, or page.ts for browsers. Prints the path of the bundle.
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";
import webpackConfig from "./webpack.config.mjs";

const external = ["@aster/native"];
const outputs = { esbuild: "dist/esbuild", vite: "dist/vite", webpack: "dist/webpack" };
// zod has comments that Rollup takes for annotations
const onwarn = (warning, warn) => warning.code === "INVALID_ANNOTATION" || warn(warning);

async function bundleWithEsbuild(options, outfile) {
  const { warnings } = await esbuild({
    bundle: true,
    platform: "node",
    target: "node22",
    external,
    logLevel: "silent",
    outfile,
    ...options,
  });
  for (const { text } of warnings) console.error(text);
  return outfile;
}

async function bundleWithVite() {
  const build = { ssr: "first.mjs", outDir: outputs.vite, rollupOptions: { onwarn } };
  await vite({ logLevel: "warn", build });
  return `${outputs.vite}/first.js`;
}

async function bundlePageWithVite() {
  const outDir = "dist/vite-page";
  const output = { entryFileNames: "page.js" };
  await vite({
    logLevel: "warn",
    configFile: false,
    build: { outDir, rollupOptions: { input: "page.ts", onwarn, output } },
  });
  return `${outDir}/page.js`;
}

function bundleWithWebpack() {
  const configuration = {
    ...webpackConfig,
    // NODE_ENV stays what it is when the bundle runs: the first program has an open gate
    optimization: { nodeEnv: false },
    output: {
      ...webpackConfig.output,
      path: new URL(outputs.webpack, import.meta.url).pathname,
    },
  };
  return new Promise((resolve, reject) => {
    webpack(configuration, (error, stats) => {
      if (error) return reject(error);
      const text = stats.toString({ all: false, errors: true, warnings: true });
      if (text !== "") console.error(text);
      resolve(`${outputs.webpack}/first.mjs`);
    });
  });
}

const bundlers = {
  "esbuild, ES module": () =>
    bundleWithEsbuild({ format: "esm", entryPoints: ["first.mjs"] }, `${outputs.esbuild}/esm.mjs`),
  "esbuild, CommonJS": () =>
    bundleWithEsbuild(
      { format: "cjs", entryPoints: ["wrapped.mjs"] },
      `${outputs.esbuild}/cjs.cjs`,
    ),
  "esbuild, minified": () =>
    bundleWithEsbuild(
      { format: "cjs", entryPoints: ["wrapped.mjs"], minify: true },
      `${outputs.esbuild}/minified.cjs`,
    ),
  "vite, SSR": bundleWithVite,
  webpack: bundleWithWebpack,
  "esbuild, browser": () =>
    bundleWithEsbuild(
      { format: "esm", platform: "browser", target: "es2022", entryPoints: ["page.ts"] },
      `${outputs.esbuild}/page.js`,
    ),
  "vite, browser": bundlePageWithVite,
};

console.log(await bundlers[process.argv[2]]());
