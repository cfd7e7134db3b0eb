// Usage: node scripts/app.mjs NAME ARGUMENTS. Runs apps/NAME/src/main.ts with the workspace's Node.
import { becomeApp } from "./program.mjs";
import { workspace } from "./workspace.mjs";

const [name, ...args] = process.argv.slice(2);
// the benchmarks measure what is released
becomeApp(workspace({ released: name === "bench" }), name, args);
