// Usage: node scripts/tools/cargo-target.mjs. Prints the folder in the user's cache where the build
// results of the native crate can be kept between clones. Each Cargo.lock and compiler has its own,
// because a folder that serves several of them only grows. All but the last two are removed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder in use and the one before it, which another clone may use at the moment. */
const KEPT = 2;

/** Makes the folder of `key` below `cache`, removes the ones that were not used lately. */
export function cargoTarget(cache, key) {
  const target = join(cache, `target-${key}`);
  mkdirSync(target, { recursive: true });
  // cargo changes only what is below
  utimesSync(target, new Date(), new Date());
  const others = readdirSync(cache)
    .filter((name) => /^target(-|$)/.test(name))
    .map((name) => join(cache, name))
    .filter((path) => path !== target)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const path of others.slice(KEPT - 1)) rmSync(path, { recursive: true, force: true });
  return target;
}

/** Returns a name for the crates in `lock` and a compiler. */
export const keyOf = (lock, rustc) =>
  createHash("sha256").update(lock).update(rustc).digest("hex").slice(0, 16);

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "aster");
  const key = keyOf(readFileSync(join(root, "Cargo.lock")), execFileSync("rustc", ["-vV"]));
  process.stdout.write(`${cargoTarget(cache, key)}\n`);
}
