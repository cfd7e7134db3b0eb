// The layers of docs/architecture.md. pnpm lets a package import only what it declares, so the
// declared dependencies are checked.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { importCycles } from "./import-cycles.mjs";
import { root } from "./toolchain.mjs";

const mayImport = {
  "@aster/native": [],
  "@aster/codec": [],
  "@aster/transport": ["native"],
  "@aster/contract": ["codec"],
  "@aster/trust": ["transport"],
  "@aster/rpc": ["codec", "contract", "transport", "trust", "registry"],
  "@aster/interceptors": ["rpc"],
  "@aster/registry": ["contract", "transport", "trust"],
};

/** Returns one message for each breach: a dependency outside the table, or an import cycle. */
export function layerBreaches() {
  return [...forbiddenDependencies(), ...cycles()];
}

function cycles() {
  return ["packages", "apps"]
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .flatMap((path) => [join(path, "src"), join(path, "test")])
    .filter((path) => existsSync(path))
    .flatMap((path) => importCycles(path, relative(root, path)));
}

function forbiddenDependencies() {
  const breaches = [];
  for (const folder of ["packages", "crates"]) {
    for (const name of readdirSync(join(root, folder))) {
      const manifest = JSON.parse(readFileSync(join(root, folder, name, "package.json"), "utf8"));
      const allowed = mayImport[manifest.name];
      if (allowed === undefined) {
        breaches.push(`${manifest.name} has no row in scripts/layers.mjs`);
        continue;
      }
      const declared = {
        ...manifest.dependencies,
        ...manifest.peerDependencies,
        ...manifest.optionalDependencies,
      };
      for (const dependency of Object.keys(declared)) {
        const [scope, short] = dependency.split("/");
        if (scope !== "@aster" || short.startsWith("native-")) continue;
        if (!allowed.includes(short))
          breaches.push(`${manifest.name} may not import ${dependency}`);
      }
    }
  }
  return breaches;
}
