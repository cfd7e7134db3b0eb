export default { serverExternalPackages: ["@aster/native"] };
