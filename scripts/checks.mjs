// The checks of npm test, cheapest first. Two run at a time, because many use one processor only.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { flakyLines } from "./flaky.mjs";
import { runInLanes } from "./lanes.mjs";
import { allLanguageBreaches } from "./language.mjs";
import { layerBreaches } from "./layers.mjs";
import { say } from "./report.mjs";
import { needRust, root } from "./toolchain.mjs";
import { vitest } from "./vitest.mjs";
import { workspace } from "./workspace.mjs";

const LANES = 2;

/** The result of a check that counts as one test, with the lines to print before it. */
const one = (ok, lines = []) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, lines });

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
  return one(ok, ok ? [] : [output.trimEnd()]);
}

const exec = (env, ...args) => quiet(env, "pnpm", ["exec", ...args]);

/** A check that passes when `breachesOf` returns an empty list. */
const without = (breachesOf) => async () => {
  const breaches = breachesOf();
  return one(breaches.length === 0, breaches);
};

/** A check of scripts/supply, which is loaded late because it uses installed packages. */
const supply = (name) => async (env) => {
  const { breaches = [], untested } = (await import("./supply/supply.mjs"))[name](env);
  if (untested === undefined) return one(breaches.length === 0, breaches);
  return { passed: 0, failed: 0, skipped: 1, lines: [`not tested: ${untested}`] };
};

/** Runs cargo with the profile and platform of the native build, to reuse its compiled crates. */
async function cargo(env, command, args) {
  const { output: version } = await run(env, "rustc", ["-vV"]);
  const [, host] = /^host: (.*)$/m.exec(version) ?? [];
  if (host === undefined) return { ok: false, output: `rustc -vV has no host:\n${version}` };
  const build = ["--locked", "--workspace", "--profile", "workspace", "--target", host];
  return run(env, "cargo", [command, ...build, ...args]);
}

async function rustLint(env) {
  const { ok, output } = await cargo(env, "clippy", ["--all-targets", "--", "-D", "warnings"]);
  return one(ok, ok ? [] : [output.trimEnd()]);
}

async function rustTests(env) {
  // like in a debug build, but for this crate only
  const assertions = ["debug-assertions", "overflow-checks"].flatMap((name) => [
    "--config",
    `profile.workspace.package.aster-native.${name}=true`,
  ]);
  const { ok, output } = await cargo(env, "test", assertions);
  const count = (word) =>
    [...output.matchAll(new RegExp(`(\\d+) ${word}`, "g"))].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  const total = { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
  const lines = ok ? [] : [output.trimEnd()];
  return ok || total.failed > 0 ? { ...total, lines } : one(false, lines);
}

async function tests(env, args = []) {
  const { ok, output, ...total } = await vitest(env, args);
  const lines = ok ? [...untested(output), ...flakyLines(output)] : [output.trimEnd()];
  return { ...total, lines };
}

/** Returns the distinct lines in which tests report that they did not run. */
function untested(output) {
  return new Set(output.split("\n").filter((line) => line.includes(" not tested: ")));
}

const BUILD = "build of the packages";
const RUST_LINT = "Rust lint";
const packed = [...inFolder("packages", "package.json"), "crates/native", "apps/cli"];
const packing = (path) => `packing of ${path}`;

const checks = [
  { name: "format and lint", check: (env) => exec(env, "biome", "ci", "--error-on-warnings") },
  { name: "dependency direction and import cycles", check: without(layerBreaches) },
  { name: "language", check: without(allLanguageBreaches) },
  // one program for all with the same options reads the sources once; console is a page
  ...["packages", "apps"].map((folder) => ({
    name: `types of the ${folder}`,
    check: (env) => exec(env, "tsc", "-p", `tsconfig.${folder}.json`),
  })),
  { name: "types of apps/console", check: (env) => exec(env, "tsc", "-p", "apps/console") },
  { name: "Rust format", check: (env) => quiet(env, "cargo", ["fmt", "--all", "--check"]) },
  { name: RUST_LINT, check: rustLint },
  // cargo would wait for the lint itself, and hold a lane
  { name: "Rust tests", check: rustTests, after: [RUST_LINT] },
  { name: "sources in the lock files", check: supply("lockfiles") },
  { name: "licenses of the npm packages", check: supply("npmLicenses") },
  { name: "licenses and sources of the crates", check: supply("crateRules") },
  { name: "third-party notice", check: supply("notice") },
  { name: "cargo-deny", check: supply("cargoDenyRules") },
  { name: "vulnerabilities of the npm packages", check: supply("npmVulnerabilities") },
  { name: "vulnerabilities of the crates", check: supply("crateVulnerabilities") },
  {
    name: BUILD,
    check: (env) => {
      const filters = ["--filter=./packages/*", "--filter=@aster/cli"];
      return exec(env, "turbo", "run", "build", ...filters, "--output-logs=errors-only");
    },
  },
  ...packed.map((path) => ({
    name: packing(path),
    check: (env) => exec(env, "publint", "--strict", path),
    after: [BUILD],
  })),
  { name: "documentation", check: (env) => exec(env, "typedoc") },
  {
    name: "installed packages",
    check: (env) => tests(env, ["--config", "vitest.installed.config.ts"]),
    // it builds again, which may write the files that they read
    after: [BUILD, ...packed.map(packing)],
  },
  { name: "unit, network and interop tests", check: (env) => tests(env), alone: true },
];

/** Returns the words that are in the name of no check. */
export function unknownWords(wanted) {
  return wanted.filter((word) => !checks.some(({ name }) => name.includes(word)));
}

/**
 * Runs the checks whose names contain one of `wanted`, or all of them when the list is empty.
 * Returns the exit code: 1 when a check failed, and for a word that is in the name of no check.
 */
export async function runChecks(wanted) {
  const [unknown] = unknownWords(wanted);
  if (unknown !== undefined) {
    say(`no check has "${unknown}" in its name; use words of these names:`);
    for (const { name } of checks) say(`  ${name}`);
    return 1;
  }
  const env = { ...workspace(), ASTER_RELAY_MODE: "disabled", TURBO_TELEMETRY_DISABLED: "1" };
  needRust(env);
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const report = ({ name }, result, durationMs) => {
    const { lines, ...counts } = result instanceof Error ? one(false, [result.stack]) : result;
    for (const key of Object.keys(sum)) sum[key] += counts[key];
    for (const line of lines) say(line);
    const mark = counts.failed > 0 ? "✗" : counts.passed > 0 ? "✓" : "–";
    const count =
      counts.passed + counts.failed > 1
        ? ` (${counts.passed} passed, ${counts.failed} failed)`
        : "";
    say(`${mark} ${name}${count} ${(durationMs / 1000).toFixed(1)} s`);
  };
  const tasks = checks
    .filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
    .map(({ check, ...task }) => ({ ...task, run: () => check(env) }));
  await runInLanes(tasks, LANES, report);
  if (sum.skipped > 0) say(`${sum.skipped} skipped`);
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`);
  return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
}
