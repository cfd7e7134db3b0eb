import { mkdir, readdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Tools of the project, with the package of the workspace that has them. */
const TOOLS = {
  zod: "apps/cli",
  typescript: ".",
  "@types/node": ".",
} as const;

/**
 * Links the packages of a workspace, zod and the tools into the `node_modules` of a project, which
 * then needs no installation.
 */
export async function linkPackages(project: string, workspace: string): Promise<void> {
  const modules = join(project, "node_modules");
  const folders = await readdir(join(workspace, "packages"));
  const own = folders.map((name) => [`@aster/${name}`, join(workspace, "packages", name)] as const);
  const tools = Object.entries(TOOLS).map(([name, owner]) => {
    return [name, join(workspace, owner, "node_modules", name)] as const;
  });
  const links = [...own, ["@aster/native", join(workspace, "crates", "native")], ...tools] as const;
  for (const [name, target] of links) {
    const link = join(modules, name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, link, "junction");
  }
  await mkdir(join(modules, ".bin"));
  await symlink(join("..", "typescript", "bin", "tsc"), join(modules, ".bin", "tsc"));
}
