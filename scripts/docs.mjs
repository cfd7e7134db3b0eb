// npm run docs: builds the API documentation into docs/api. A warning is an error.
import { become } from "./program.mjs";
import { workspace } from "./workspace.mjs";

const env = workspace({ native: false });
become(env, "pnpm", ["exec", "typedoc", ...process.argv.slice(2)]);
