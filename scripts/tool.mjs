// node scripts/tool.mjs NAME ARGUMENTS: runs a tool of the workspace with the workspace's own Node.
import { become } from "./program.mjs";
import { workspace } from "./workspace.mjs";

const env = workspace({ native: false });
become(env, "pnpm", ["exec", ...process.argv.slice(2)]);
