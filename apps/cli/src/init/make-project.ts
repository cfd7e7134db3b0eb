import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { usageFailure } from "../command/failure.ts";
import { linkPackages } from "./link-packages.ts";
import {
  type ProjectPackages,
  packedPackages,
  releasedPackages,
  workspaceRoot,
} from "./packages.ts";
import { type TemplateName, templateFolder, templates } from "./template.ts";

export interface ProjectChoice {
  readonly template: TemplateName;
  /** A folder with tarballs. Default: the workspace of this command, else the npm registry. */
  readonly tarballs?: string | undefined;
}

/** The tools of every project, as of this release. */
const TOOLS = { "@types/node": "^24.0.0", typescript: "^6.0.3" };
const ZOD = "^4.0.0";

/**
 * Makes a project in a folder, which must be empty or not exist. Resolves with the commands that
 * build, test and start it there. Throws a failure.
 */
export async function makeProject(
  folder: string,
  { template, tarballs }: ProjectChoice,
): Promise<readonly string[]> {
  const { packages: names, scripts, first } = templates[template];
  const workspace = tarballs === undefined ? workspaceRoot() : undefined;
  const packages =
    tarballs !== undefined
      ? packedPackages(tarballs, names)
      : workspace === undefined
        ? releasedPackages(names)
        : linkedPackages(workspace, names);
  await checkEmpty(folder);
  await mkdir(folder, { recursive: true });
  const source = templateFolder();
  for (const part of ["common", template]) {
    await cp(join(source, part), folder, { recursive: true, force: false });
  }
  // npm leaves a file of the other name out of packages
  await rename(join(folder, "gitignore"), join(folder, ".gitignore"));
  await writeFile(join(folder, "package.json"), packageText(folder, scripts, packages));
  if (workspace !== undefined) await linkPackages(folder, workspace);
  const install = workspace === undefined ? ["npm install"] : [];
  return [
    ...install,
    ...first.map((script) => `npm run ${script}`),
    "npm run build",
    "npm test",
    "npm start",
  ];
}

async function checkEmpty(folder: string): Promise<void> {
  if (!existsSync(folder) || (await readdir(folder)).length === 0) return;
  throw usageFailure(
    `the folder is not empty: ${folder}`,
    "name another one, which may be missing",
    "file.exists",
  );
}

function linkedPackages(workspace: string, names: readonly string[]): ProjectPackages {
  return Object.fromEntries(
    names.map((name) => [name, `link:${join(workspace, "packages", name.replace("@aster/", ""))}`]),
  );
}

function packageText(
  folder: string,
  scripts: Readonly<Record<string, string>>,
  packages: ProjectPackages,
): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const content = {
    name: name || "service",
    version: "0.1.0",
    private: true,
    type: "module",
    engines: { node: manifest.engines.node },
    scripts: {
      build: "tsc",
      start: "node src/main.ts",
      ...scripts,
      test: 'node --test "test/*.test.ts"',
    },
    dependencies: { ...packages, zod: ZOD },
    devDependencies: TOOLS,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
