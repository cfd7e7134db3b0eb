// Runs vitest and counts the results, for npm test and npm run test:long.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./toolchain.mjs";

const flaky = fileURLToPath(new URL("flaky.mjs", import.meta.url));

/**
 * Returns the totals of one run, `ok` when vitest exited with 0, and its output. With `loud` the
 * output goes to stderr as it arrives instead. It contains a line for each flaky test.
 */
export async function vitest(env, args, { loud = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "aster-test-"));
  const file = join(folder, "vitest.json");
  const names = [loud ? "verbose" : "dot", "json", flaky];
  const reporters = names.map((name) => `--reporter=${name}`);
  const all = ["exec", "vitest", "run", ...reporters, `--outputFile.json=${file}`, ...args];
  const { ok, output } = await spawned(env, all, loud);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  rmSync(folder, { recursive: true });
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0, ok: false, output };
  const skipped = report.numPendingTests + report.numTodoTests;
  // a file that fails to load and an unhandled rejection are not counted as failed tests
  const failed = ok ? report.numFailedTests : Math.max(1, report.numFailedTests);
  return { passed: report.numPassedTests, failed, skipped, ok, output };
}

function spawned(env, args, loud) {
  return new Promise((resolve) => {
    const stdio = loud ? ["ignore", 2, 2] : ["ignore", "pipe", "pipe"];
    const child = spawn("pnpm", args, { cwd: root, env, stdio });
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) =>
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString() }),
    );
  });
}
