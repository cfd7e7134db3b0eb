import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };
import { usageFailure } from "../command/failure.ts";

/** The packages of a project, by name: versions, paths of tarballs, or folders. */
export type ProjectPackages = Readonly<Record<string, string>>;

const TARBALL = /^aster-([a-z-]+)-\d+\.\d+\.\d+.*\.tgz$/;
/** Packages that no template uses. */
const UNUSED = new Set(["@aster/cli", "@aster/interceptors"]);

/** The packages of a release with the version of this command. */
export function releasedPackages(names: readonly string[]): ProjectPackages {
  return Object.fromEntries(names.map((name) => [name, `^${manifest.version}`]));
}

/**
 * The packed packages in a folder. All of them are dependencies of the project, so that the
 * packages find each other. Throws a failure if one is not there.
 */
export function packedPackages(folder: string, names: readonly string[]): ProjectPackages {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const found = files.flatMap((file): [string, string][] => {
    const [, name] = TARBALL.exec(file) ?? [];
    return name === undefined ? [] : [[`@aster/${name}`, `file:${join(folder, file)}`]];
  });
  const packages = Object.fromEntries(found.filter(([name]) => !UNUSED.has(name)));
  const missing = names.find((name) => !Object.hasOwn(packages, name));
  if (missing === undefined) return packages;
  throw usageFailure(
    `there is no tarball of ${missing} in ${folder}`,
    "make them with: npm run tarballs -- FOLDER",
    "file.missing",
  );
}

/** The root of the workspace whose sources this command is, `undefined` for an installed one. */
export function workspaceRoot(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (dirname(folder) !== folder) {
    if (existsSync(join(folder, "packages", "rpc", "src")) && isWorkspace(folder)) return folder;
    folder = dirname(folder);
  }
  return undefined;
}

const isWorkspace = (folder: string): boolean => existsSync(join(folder, "pnpm-workspace.yaml"));
