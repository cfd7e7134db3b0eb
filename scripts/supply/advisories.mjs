// The known vulnerabilities of the dependencies. Both lists need a network: the one of npm comes
// from the registry, the one of RustSec from its repository.
import { spawnSync } from "node:child_process";
import { root } from "../toolchain.mjs";
import { NO_CARGO_DENY, runCargoDeny } from "./cargo-deny.mjs";

/** Severities that do not fail the check. */
const minor = ["info", "low"];

/**
 * Returns the vulnerabilities in the npm packages of the lock file: `breaches`, or `untested` with
 * the reason when the registry has not answered. `args` go to `pnpm audit`.
 */
export function npmAdvisories(env, args = []) {
  const { stdout, stderr } = spawnSync("pnpm", ["audit", "--json", ...args], {
    cwd: root,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    timeout: 120_000,
  });
  let advisories;
  try {
    advisories = Object.values(JSON.parse(stdout).advisories);
  } catch {
    const reason = /ERR_PNPM_\w+/.exec(`${stdout}${stderr}`)?.[0] ?? "no answer";
    return { untested: `the npm registry has no audit for this machine (${reason})` };
  }
  return {
    breaches: advisories
      .filter(({ severity }) => !minor.includes(severity))
      .map(
        ({ module_name: name, vulnerable_versions: versions, severity, title, url }) =>
          `${name} ${versions}: ${title} (${severity}, ${url}); update it with "pnpm update", or add ` +
          "the advisory to auditConfig.ignoreGhsas in pnpm-workspace.yaml with the reason",
      ),
  };
}

/** Returns the same for the crates of Cargo.lock. */
export function crateAdvisories(command, options) {
  if (command === undefined) return { untested: NO_CARGO_DENY };
  const { ok, timedOut, report } = runCargoDeny(command, ["advisories"], options);
  if (ok) return { breaches: [] };
  const found = /^error\[/m.test(report);
  if (!found && (timedOut || /advisory database|FETCH_HEAD/.test(report))) {
    return { untested: "the advisory database of RustSec cannot be fetched" };
  }
  return { breaches: [report] };
}
