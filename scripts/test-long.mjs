// npm run test:long [-- WORD...]: runs the tests that take minutes (vitest.long.config.ts), or
// those whose path contains a word. The last line is "N passed, N failed".
import { say } from "./report.mjs";
import { vitest } from "./vitest.mjs";
import { workspace } from "./workspace.mjs";

const env = { ...workspace(), ASTER_RELAY_MODE: "disabled" };
const args = ["--config", "vitest.long.config.ts", ...process.argv.slice(2)];
const { passed, failed, skipped } = await vitest(env, args, { loud: true });
if (skipped > 0) say(`${skipped} skipped`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
