// vite.config.mjs
export default {
  ssr: { noExternal: true, external: ["@aster/native"] },
  build: { target: "node22" },
};
