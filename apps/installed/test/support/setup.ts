// Packs the packages once and installs them into two projects outside the workspace.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { run } from "./run.ts";
import { packNativeRelease, packPackages, type Tarballs } from "./tarballs.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A project that npm installed. Its `@aster/native` has the binary of this machine in it. */
    npmProject: string;
    /** A project that pnpm installed, with bundlers. Its binary is in a platform package. */
    pnpmProject: string;
  }
}

const app: string = join(import.meta.dirname, "..", "..");

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "aster-installed-"));
  const remove = () => rm(folder, { recursive: true });
  try {
    await install(folder, project);
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}

async function install(folder: string, project: TestProject): Promise<void> {
  const [local, released] = [join(folder, "local"), join(folder, "released")];
  await Promise.all([mkdir(local), mkdir(released)]);
  const [packages, nativeRelease] = await Promise.all([
    packPackages(local),
    packNativeRelease(released),
  ]);
  const [npmProject, pnpmProject] = await Promise.all([
    installWithNpm(join(folder, "npm"), packages),
    installWithPnpm(join(folder, "pnpm"), { ...packages, ...nativeRelease }),
  ]);
  project.provide("npmProject", npmProject);
  project.provide("pnpmProject", pnpmProject);
}

async function installWithNpm(folder: string, packages: Tarballs): Promise<string> {
  const { zod } = await newProject(folder);
  await writeManifest(folder, { ...packages, zod });
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"];
  await run("npm", args, { cwd: folder });
  return folder;
}

async function installWithPnpm(folder: string, packages: Tarballs): Promise<string> {
  const tools = await newProject(folder);
  // a bundle loads @aster/native from the project, so the project depends on it
  const direct = ["@aster/rpc", "@aster/interceptors", "@aster/native"];
  const own = Object.fromEntries(direct.map((name) => [name, packages[name]]));
  await writeManifest(folder, { ...own, ...tools });
  // a registry would have these versions
  const settings = { overrides: packages, allowBuilds: { esbuild: true } };
  await writeFile(join(folder, "pnpm-workspace.yaml"), JSON.stringify(settings));
  await run("pnpm", ["install", "--prefer-offline", "--no-frozen-lockfile"], { cwd: folder });
  return folder;
}

/** Copies the programs. Returns the dependencies that their manifest pins. */
async function newProject(folder: string): Promise<Record<string, string>> {
  await cp(join(app, "consumer"), folder, { recursive: true });
  await cp(join(app, "..", "hello", "src", "first.ts"), join(folder, "first.ts"));
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return manifest.dependencies;
}

async function writeManifest(folder: string, dependencies: object): Promise<void> {
  const manifest = { name: "consumer", private: true, type: "module", dependencies };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
}
