// Packs the packages once and installs them into two projects outside the workspace.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { installWithNpm, installWithPnpm } from "./project.ts";
import { packNativeRelease, packPackages, type Tarballs } from "./tarballs.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A project that npm installed. Its `@aster/native` has the binary of this machine in it. */
    npmProject: string;
    /** A project that pnpm installed, with bundlers. Its binary is in a platform package. */
    pnpmProject: string;
    /** The tarballs of all packages as in a release. */
    released: Tarballs;
    /** The tarballs of all packages; `@aster/native` has the binary of this machine in it. */
    packed: Tarballs;
  }
}

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
  const [packages, native] = await Promise.all([packPackages(local), packNativeRelease(released)]);
  const release = { ...packages, ...native };
  const [npmProject, pnpmProject] = [join(folder, "npm"), join(folder, "pnpm")];
  await Promise.all([
    installWithNpm(npmProject, packages),
    installWithPnpm(pnpmProject, "consumer", release),
  ]);
  project.provide("npmProject", npmProject);
  project.provide("pnpmProject", pnpmProject);
  project.provide("released", release);
  project.provide("packed", packages);
}
