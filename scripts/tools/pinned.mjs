// The npm packages with the Node and the pnpm that the workspace brings. `pinned.json` has their
// hashes: a download with another hash is removed before anything of it runs.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { giveUp, say } from "../report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const tools = join(dirname(dirname(here)), ".tools");

const pins = JSON.parse(readFileSync(join(here, "pinned.json"), "utf8"));

/** Returns the pinned package of that name and version as `name@version`, or `undefined`. */
export function pinnedPackage(name, version) {
  const wanted = `${name}@${version}`;
  return Object.hasOwn(pins, wanted) ? wanted : undefined;
}

const nameOf = (wanted) => wanted.slice(0, wanted.lastIndexOf("@"));

/** Returns the folder of a package in `.tools`. */
export const toolFolder = (wanted) => join(tools, "node_modules", nameOf(wanted));

/** Returns the hash with which npm has verified a package in `.tools`. */
function hashOf(wanted) {
  const file = join(tools, "node_modules", ".package-lock.json");
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")).packages[`node_modules/${nameOf(wanted)}`]
    ?.integrity;
}

/** Returns `true` when `.tools` has the package and its hash is the pinned one. */
export const isFetched = (wanted) =>
  existsSync(join(toolFolder(wanted), "package.json")) && hashOf(wanted) === pins[wanted];

/** Fetches packages into `.tools` and verifies them. Exits with an explanation when that fails. */
export function fetchTools(packages) {
  say(`fetching ${packages.join(" and ")} into .tools (once) …`);
  // npm removes packages that a call does not name, so one call names them all
  const all = new Set([...packages, ...Object.keys(pins).filter(isFetched)]);
  const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  const onWindows = process.platform === "win32";
  const npm = onWindows ? "npm.cmd" : "npm";
  const run = spawnSync(npm, ["install", ...flags, "--prefix", tools, ...all], {
    encoding: "utf8",
    shell: onWindows,
  });
  if (run.status !== 0) explain(run, packages);
  for (const wanted of packages) verify(wanted);
}

function explain({ error, status, stderr }, packages) {
  if (error)
    giveUp(
      "npm was not found; install Node 20 or newer with npm, then run the same command again.",
    );
  const reason = /npm error (code \w+)/.exec(stderr)?.[1] ?? `exit ${status}`;
  giveUp(
    `could not fetch ${packages.join(" and ")} from the npm registry (${reason}); ` +
      "check the network connection, then run the same command again.",
  );
}

function verify(wanted) {
  if (isFetched(wanted)) return;
  const hash = hashOf(wanted) ?? "no hash";
  rmSync(toolFolder(wanted), { recursive: true, force: true });
  giveUp(
    `the npm registry served ${wanted} with ${hash}, but scripts/tools/pinned.json has ` +
      `${pins[wanted]}; the download was removed. Check which registry npm uses ` +
      '("npm config get registry"), then run the same command again.',
  );
}
