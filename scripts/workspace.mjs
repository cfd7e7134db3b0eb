// Prepares the workspace: installs the packages and builds the native crate.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { giveUp, say } from "./report.mjs";
import { missingTools, needRust, root, toolchain } from "./toolchain.mjs";

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

const markOf = ({ files, profile = "" }) => `${fingerprint(files())}${profile}`;
const isDone = (step) => {
  const path = join(root, step.stamp);
  return step.product() && existsSync(path) && readFileSync(path, "utf8") === markOf(step);
};
const markDone = (step) => writeFileSync(join(root, step.stamp), markOf(step));

// The steps of the set-up. Each is repeated when its files change.

const packages = {
  stamp: join("node_modules", ".aster-installed"),
  files: () => [
    ...["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml"],
    ...["packages", "crates", "apps"].flatMap((folder) =>
      readdirSync(join(root, folder))
        .map((name) => join(folder, name, "package.json"))
        .filter((file) => existsSync(join(root, file))),
    ),
  ],
  product: () => existsSync(join(root, "node_modules", ".modules.yaml")),
};

/** The native crate with a profile of Cargo.toml, `release` or `workspace`. */
const native = (profile) => ({
  profile,
  stamp: join("crates", "native", ".aster-built"),
  files: () => [
    ...["Cargo.toml", "Cargo.lock", "crates/native/Cargo.toml", "crates/native/build.rs"],
    "crates/native/package.json",
    ...filesBelow("crates/native/src"),
  ],
  product: () => readdirSync(join(root, "crates", "native")).some((name) => name.endsWith(".node")),
});

const MINUTES = { workspace: 5, release: 9 };

/** Says what the missing steps take, before the first of them begins. */
function announce({ tools, install, build }) {
  const lines = [
    ...(tools.length > 0 ? [`download ${tools.join(" and ")} into .tools (260 MB on disk)`] : []),
    ...(install ? ["install the npm packages into node_modules (400 MB on disk)"] : []),
    ...(build
      ? [
          `build the native crate from source${build === "release" ? " as for a release" : ""}: ` +
            `about 300 crates, ${MINUTES[build]} minutes on two idle cores ` +
            "(800 MB on disk in the build folder, and the crates in cargo's cache)",
        ]
      : []),
  ];
  if (lines.length === 0) return;
  say("to do first, once:");
  for (const line of lines) say(`  * ${line}`);
}

function installPackages(env) {
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
}

function buildNative(env, profile) {
  say("building the native crate …");
  const script = join(root, "scripts", "native-build.mjs");
  const run = spawnSync("node", [script, profile], { cwd: root, env, stdio: quietly });
  // it has said why
  if (run.status !== 0) process.exit(1);
}

/**
 * Returns the environment to run the workspace's programs in. With `released`, the native crate is
 * optimized like a release, which takes twice as long; such a build serves all programs.
 */
export function workspace({ native: wantsNative = true, released = false } = {}) {
  const profiles = released ? ["release"] : ["workspace", "release"];
  const isBuilt = () => profiles.some((profile) => isDone(native(profile)));
  const build = wantsNative && !isBuilt() ? profiles[0] : undefined;
  const install = !isDone(packages);
  // before anything is downloaded
  if (build) needRust(process.env);
  announce({ tools: missingTools(), install, build });
  const env = toolchain();
  if (install) {
    installPackages(env);
    markDone(packages);
  }
  if (build) {
    buildNative(env, build);
    markDone(native(build));
  }
  return env;
}
