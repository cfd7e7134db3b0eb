// npm run --silent aster -- ARGUMENTS: runs the command in the folder from which npm was called.
import { becomeApp } from "./program.mjs";
import { workspace } from "./workspace.mjs";

const cwd = process.env.INIT_CWD ?? process.cwd();
becomeApp(workspace(), "cli", process.argv.slice(2), { cwd });
