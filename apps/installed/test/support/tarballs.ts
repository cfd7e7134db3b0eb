// Packs the packages of the workspace as a release does.
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run } from "./run.ts";

const root: string = join(import.meta.dirname, "..", "..", "..", "..");
const native: string = join(root, "crates", "native");

/** The tarballs of packages, by name. */
export type Tarballs = Readonly<Record<string, string>>;

/** Builds the packages and packs them. `@aster/native` contains the binary of this machine. */
export async function packPackages(folder: string): Promise<Tarballs> {
  const build = ["exec", "turbo", "run", "build", "--filter=./packages/*"];
  await run("pnpm", [...build, "--output-logs=errors-only"], { cwd: root });
  const names = await readdir(join(root, "packages"));
  const sources = [...names.map((name) => join(root, "packages", name)), native];
  return Object.fromEntries(await Promise.all(sources.map((source) => pack(source, folder))));
}

/**
 * Runs the release script of `@aster/native` on a copy, with stand-ins for the binaries of other
 * platforms. Returns the tarballs of the package, without a binary, and of its platform packages.
 */
export async function packNativeRelease(folder: string): Promise<Tarballs> {
  const copy = join(folder, "crates", "native");
  await cp(native, copy, { recursive: true, filter: (path) => !/node_modules|target/.test(path) });
  // it has the versions that "catalog:" stands for
  await cp(join(root, "pnpm-workspace.yaml"), join(folder, "pnpm-workspace.yaml"));
  await mkdir(join(copy, "artifacts"));
  const { napi } = JSON.parse(await readFile(join(copy, "package.json"), "utf8"));
  const PATH = `${join(native, "node_modules", ".bin")}${delimiter}${process.env.PATH}`;
  await run("napi", ["create-npm-dirs"], { cwd: copy, env: { PATH } });
  const platforms = await readdir(join(copy, "npm"));
  for (const platform of platforms) {
    const file = `${napi.binaryName}.${platform}.node`;
    const binary = await readFile(join(copy, file)).catch(() => "a stand-in");
    await writeFile(join(copy, "artifacts", file), binary);
  }
  await run("node", ["release.mjs"], { cwd: copy, env: { PATH } });
  const sources = [copy, ...platforms.map((name) => join(copy, "npm", name))];
  return Object.fromEntries(await Promise.all(sources.map((source) => pack(source, folder))));
}

/** Packs with pnpm, which replaces `workspace:` and `catalog:` by versions. */
async function pack(source: string, folder: string): Promise<[name: string, path: string]> {
  const { name, version } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  await run("pnpm", ["pack", "--pack-destination", folder], { cwd: source });
  return [name, join(folder, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`)];
}
