// npm run docs: the API documentation in docs/api; a warning is an error.
import { become } from "./program.mjs";
import { workspace } from "./workspace.mjs";

const env = workspace({ native: false });
become(env, "pnpm", ["exec", "typedoc", ...process.argv.slice(2)]);
