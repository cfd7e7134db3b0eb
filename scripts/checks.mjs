// The checks of npm test, cheapest first.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { flakyLines } from "./flaky.mjs";
import { allLanguageBreaches } from "./language.mjs";
import { layerBreaches } from "./layers.mjs";
import { say } from "./report.mjs";
import { needRust, root } from "./toolchain.mjs";
import { vitest } from "./vitest.mjs";
import { workspace } from "./workspace.mjs";

const one = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

function run(env, command, args, { cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) =>
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString() }),
    );
  });
}

const inFolder = (folder, file) =>
  readdirSync(join(root, folder))
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(root, path, file)));

async function quiet(env, command, args, options) {
  const { ok, output } = await run(env, command, args, options);
  if (!ok) say(output.trimEnd());
  return one(ok);
}

const exec = (env, ...args) => quiet(env, "pnpm", ["exec", ...args]);

/** A check that passes when `breachesOf` returns an empty list. */
const without = (breachesOf) => async () => {
  const breaches = breachesOf();
  for (const breach of breaches) say(breach);
  return one(breaches.length === 0);
};

/** A check of scripts/supply, which is loaded late because it uses installed packages. */
const supply = (name) => async (env) => {
  const { breaches = [], untested } = (await import("./supply/supply.mjs"))[name](env);
  for (const breach of breaches) say(breach);
  if (untested === undefined) return one(breaches.length === 0);
  say(`not tested: ${untested}`);
  return { passed: 0, failed: 0, skipped: 1 };
};

async function rustTests(env) {
  const { ok, output } = await run(env, "cargo", ["test", "--locked", "--workspace"]);
  const count = (word) =>
    [...output.matchAll(new RegExp(`(\\d+) ${word}`, "g"))].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  const total = { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
  if (!ok) say(output.trimEnd());
  return ok || total.failed > 0 ? total : one(false);
}

async function tests(env, args = []) {
  const { ok, output, ...total } = await vitest(env, args);
  if (!ok) say(output.trimEnd());
  else for (const line of [...untested(output), ...flakyLines(output)]) say(line);
  return total;
}

/** Returns the distinct lines in which tests report that they did not run. */
function untested(output) {
  return new Set(output.split("\n").filter((line) => line.includes(" not tested: ")));
}

const checks = [
  ["format and lint", (env) => exec(env, "biome", "ci", "--error-on-warnings")],
  ["dependency direction and import cycles", without(layerBreaches)],
  ["language", without(allLanguageBreaches)],
  ...["packages", "apps"].flatMap((folder) =>
    inFolder(folder, "tsconfig.json").map((path) => [
      `types of ${path}`,
      (env) => exec(env, "tsc", "-p", path),
    ]),
  ),
  ["Rust format", (env) => quiet(env, "cargo", ["fmt", "--all", "--check"])],
  [
    "Rust lint",
    (env) =>
      quiet(env, "cargo", [
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
      ]),
  ],
  ["Rust tests", rustTests],
  ["sources in the lock files", supply("lockfiles")],
  ["licenses of the npm packages", supply("npmLicenses")],
  ["licenses and sources of the crates", supply("crateRules")],
  ["third-party notice", supply("notice")],
  ["cargo-deny", supply("cargoDenyRules")],
  ["vulnerabilities of the npm packages", supply("npmVulnerabilities")],
  ["vulnerabilities of the crates", supply("crateVulnerabilities")],
  [
    "build of the packages",
    (env) =>
      exec(
        env,
        "turbo",
        "run",
        "build",
        "--filter=./packages/*",
        "--filter=@aster/cli",
        "--output-logs=errors-only",
      ),
  ],
  ...["packages", "crates"].flatMap((folder) =>
    inFolder(folder, "package.json").map((path) => [
      `packing of ${path}`,
      (env) => exec(env, "publint", "--strict", path),
    ]),
  ),
  ["packing of apps/cli", (env) => exec(env, "publint", "--strict", "apps/cli")],
  ["documentation", (env) => exec(env, "typedoc")],
  ["installed packages", (env) => tests(env, ["--config", "vitest.installed.config.ts"])],
  ["unit, network and interop tests", (env) => tests(env)],
];

/** Returns the words that are in the name of no check. */
export function unknownWords(wanted) {
  return wanted.filter((word) => !checks.some(([name]) => name.includes(word)));
}

/**
 * Runs the checks whose names contain one of `wanted`, or all of them when the list is empty.
 * Returns the exit code: 1 when a check failed, and for a word that is in the name of no check.
 */
export async function runChecks(wanted) {
  const [unknown] = unknownWords(wanted);
  if (unknown !== undefined) {
    say(`no check has "${unknown}" in its name; use words of these names:`);
    for (const [name] of checks) say(`  ${name}`);
    return 1;
  }
  const env = { ...workspace(), ASTER_RELAY_MODE: "disabled", TURBO_TELEMETRY_DISABLED: "1" };
  needRust(env);
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, check] of checks) {
    if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
    const started = Date.now();
    const result = await check(env);
    for (const key of Object.keys(sum)) sum[key] += result[key];
    const mark = result.failed > 0 ? "✗" : result.passed > 0 ? "✓" : "–";
    const count =
      result.passed + result.failed > 1
        ? ` (${result.passed} passed, ${result.failed} failed)`
        : "";
    say(`${mark} ${name}${count} ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
  if (sum.skipped > 0) say(`${sum.skipped} skipped`);
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`);
  return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
}
