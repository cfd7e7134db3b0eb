// Prepares the workspace: installs the packages and builds the native crate.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { giveUp, say } from "./report.mjs";
import { needRust, root, toolchain } from "./toolchain.mjs";

// Progress goes to stderr, because stdout belongs to the program that is started afterwards.
const quietly = ["ignore", 2, 2];

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function fingerprint(files) {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}\n`);
  for (const file of files) {
    const path = file.startsWith(root) ? file : join(root, file);
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

/** Runs `work` unless the files are unchanged since it last succeeded. */
function once(stamp, files, product, work) {
  const now = fingerprint(files);
  const path = join(root, stamp);
  if (product() && existsSync(path) && readFileSync(path, "utf8") === now) return;
  work();
  writeFileSync(path, now);
}

function installed(env) {
  const manifests = ["packages", "crates", "apps"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .map((name) => join(folder, name, "package.json"))
      .filter((file) => existsSync(join(root, file))),
  );
  const files = ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ...manifests];
  const product = () => existsSync(join(root, "node_modules", ".modules.yaml"));
  once(join("node_modules", ".aster-installed"), files, product, () => {
    say("installing packages …");
    const args = ["install", "--frozen-lockfile", "--reporter", "append-only"];
    const run = spawnSync("pnpm", args, {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
    });
    if (run.status === 0) return;
    say(`${run.stdout ?? ""}${run.stderr ?? ""}`);
    giveUp(
      "the packages could not be installed (the reason is above); check the network connection, " +
        "then run the same command again.",
    );
  });
}

function nativeBuilt(env) {
  const files = [
    "Cargo.toml",
    "Cargo.lock",
    "crates/native/Cargo.toml",
    "crates/native/build.rs",
    "crates/native/package.json",
  ];
  const folder = join(root, "crates", "native");
  const product = () => readdirSync(folder).some((name) => name.endsWith(".node"));
  once(
    join("crates", "native", ".aster-built"),
    [...files, ...filesBelow("crates/native/src")],
    product,
    () => {
      needRust(env);
      say("building the native crate (about five minutes the first time) …");
      const run = spawnSync("pnpm", ["--dir", folder, "run", "build"], {
        cwd: folder,
        env,
        stdio: quietly,
      });
      if (run.status !== 0) {
        giveUp(
          "the native crate could not be built (the reason is above); fix it and run the same command again.",
        );
      }
    },
  );
}

/** Returns the environment to run the workspace's programs in. */
export function workspace({ native = true } = {}) {
  const env = toolchain();
  installed(env);
  if (native) nativeBuilt(env);
  return env;
}
