// next.config.mjs
export default { serverExternalPackages: ["@aster/native"] };
