// Packs the packages of the workspace as a release does.
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run } from "./run.ts";

const root: string = join(import.meta.dirname, "..", "..", "..", "..");
const native: string = join(root, "crates", "native");

/** The tarballs of packages, by name. */
export type Tarballs = Readonly<Record<string, string>>;

/** Builds and packs the packages. `@aster/native` contains the binary of this machine. */
export async function packPackages(folder: string): Promise<Tarballs> {
  const paths = await run("node", [join("scripts", "tarballs.mjs"), folder], { cwd: root });
  return Object.fromEntries(paths.split("\n").map((path) => [nameOf(path), path]));
}

/** Returns the name of the package in a tarball that pnpm named. */
function nameOf(path: string): string {
  const [, name] = /aster-([a-z0-9-]+?)-\d+\.\d+\.\d+.*\.tgz$/.exec(path) ?? [];
  return `@aster/${name}`;
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
  // the platform packages get it
  await cp(join(root, "LICENSE"), join(folder, "LICENSE"));
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

async function pack(source: string, folder: string): Promise<[name: string, path: string]> {
  const packed = await run("pnpm", ["pack", "--json", "--pack-destination", folder], {
    cwd: source,
  });
  const { name, filename } = JSON.parse(packed);
  return [name, filename];
}
