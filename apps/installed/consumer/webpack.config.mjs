// webpack.config.mjs
export default {
  mode: "production",
  target: "node22",
  entry: "./first.mjs",
  externals: { "@aster/native": "module @aster/native" },
  experiments: { outputModule: true },
  output: { filename: "first.mjs", library: { type: "module" } },
};
