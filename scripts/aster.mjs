// npm run --silent aster -- ARGUMENTS: runs the command in the folder from which npm was called.
import { becomeApp } from "./program.mjs";
import { workspace } from "./workspace.mjs";

const cwd = process.env.INIT_CWD ?? process.cwd();
const args = process.argv.slice(2);
const env = workspace();
if (args.includes("console")) {
  // loaded late, because it uses installed packages
  const { buildConsolePage } = await import("./console-page.mjs");
  await buildConsolePage();
}
becomeApp(env, "cli", args, { cwd });
