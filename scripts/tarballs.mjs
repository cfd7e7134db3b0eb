// npm run tarballs -- FOLDER: builds the packages and the command and packs them into FOLDER,
// `@aster/native` with the binary of this machine. Prints the paths of the tarballs.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { giveUp } from "./report.mjs";
import { root } from "./toolchain.mjs";
import { workspace } from "./workspace.mjs";

const [target] = process.argv.slice(2);
if (target === undefined) giveUp("name a folder: npm run tarballs -- FOLDER");
const folder = resolve(process.env.INIT_CWD ?? ".", target);
mkdirSync(folder, { recursive: true });
const env = workspace();

function pnpm(cwd, args) {
  const { status, stdout, stderr } = spawnSync("pnpm", args, { cwd, env, encoding: "utf8" });
  if (status !== 0) giveUp(`pnpm ${args.join(" ")} failed in ${cwd}:\n${stdout}\n${stderr}`);
  return stdout;
}

const build = ["exec", "turbo", "run", "build", "--filter=./packages/*", "--filter=@aster/cli"];
pnpm(root, [...build, "--output-logs=errors-only"]);
const packages = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
const command = join(root, "apps", "cli");
for (const source of [...packages, command, join(root, "crates", "native")]) {
  // it replaces `workspace:` and `catalog:` by versions
  const packed = pnpm(source, ["pack", "--json", "--pack-destination", folder]);
  process.stdout.write(`${JSON.parse(packed).filename}\n`);
}
