// Projects outside the workspace, with the packed packages as dependencies.
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { transform } from "esbuild";
import { run } from "./run.ts";
import type { Tarballs } from "./tarballs.ts";

const app: string = join(import.meta.dirname, "..", "..");

/** Makes a project in `folder` with npm, which has the packages and zod only. */
export async function installWithNpm(folder: string, packages: Tarballs): Promise<void> {
  const { zod } = await newProject(folder, "consumer");
  await writeManifest(folder, { ...packages, zod });
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"];
  await run("npm", args, { cwd: folder });
}

/** Makes a project in `folder` with pnpm, from the files and the dependencies of a `template`. */
export async function installWithPnpm(
  folder: string,
  template: string,
  packages: Tarballs,
): Promise<void> {
  const tools = await newProject(folder, template);
  // a bundle loads @aster/native from the project, so the project depends on it
  const direct = ["@aster/rpc", "@aster/codec", "@aster/interceptors", "@aster/native"];
  const own = Object.fromEntries(direct.map((name) => [name, packages[name]]));
  await writeManifest(folder, { ...own, ...tools });
  // a registry would have these versions
  const settings = { overrides: packages, allowBuilds: { esbuild: true, sharp: false } };
  await writeFile(join(folder, "pnpm-workspace.yaml"), JSON.stringify(settings));
  await run("pnpm", ["install", "--prefer-offline", "--no-frozen-lockfile"], { cwd: folder });
}

/** Writes the programs. Returns the dependencies that the template pins. */
async function newProject(folder: string, template: string): Promise<Record<string, string>> {
  await cp(join(app, template), folder, { recursive: true });
  const first = await readFile(join(app, "..", "hello", "src", "first.ts"), "utf8");
  await writeProgram(join(folder, "first.mjs"), first);
  // CommonJS has no top-level await
  const [, imports, body] = /^((?:import [^\n]*\n)+)(.*)$/s.exec(first) ?? [];
  await writeProgram(join(folder, "wrapped.mjs"), `${imports}(async () => {${body}})();`);
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return manifest.dependencies;
}

async function writeProgram(file: string, source: string): Promise<void> {
  const { code } = await transform(source, { loader: "ts", target: "node22" });
  await writeFile(file, code);
}

async function writeManifest(folder: string, dependencies: object): Promise<void> {
  const manifest = { name: "consumer", private: true, type: "module", dependencies };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
}
