// Usage: node scripts/tool.mjs NAME ARGUMENTS. Runs a tool with the workspace's Node.
import { become } from "./program.mjs";
import { workspace } from "./workspace.mjs";

const env = workspace({ native: false });
become(env, "pnpm", ["exec", ...process.argv.slice(2)]);
