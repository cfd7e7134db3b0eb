// Usage: node scripts/native-build.mjs PROFILE. Builds the native crate, with its progress on
// stderr. workspace.mjs runs it as a process of its own, because it waits for that process to end.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { giveUp, say } from "./report.mjs";
import { root } from "./toolchain.mjs";

/** A terminal shows each second in one line; a log gets a line per half minute. */
const live = process.stderr.isTTY;
const INTERVAL_MS = live ? 1_000 : 30_000;

/**
 * Downloads the crates and returns the number of those to compile, or `undefined` when that fails:
 * the build then says why.
 */
function crateCount() {
  say("native crate: downloading the sources …");
  const args = ["tree", "--locked", "--package", "aster-native", "--edges", "normal,build"];
  const stdio = ["ignore", "pipe", "ignore"];
  const tree = spawnSync("cargo", [...args, "--prefix", "none"], { cwd: root, stdio });
  if (tree.status !== 0) return undefined;
  const lines = String(tree.stdout).split("\n");
  const crates = new Set(lines.map((line) => line.split(" ").slice(0, 2).join(" ")));
  crates.delete("");
  return crates.size;
}

function duration(ms) {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}

const [profile] = process.argv.slice(2);
const command = profile === "release" ? "build" : `build:${profile}`;
const started = Date.now();
const total = crateCount();
let compiled = 0;

function progress() {
  const of = total === undefined ? "" : ` of at most ${total}`;
  // a release optimizes the last one as a whole, with all that it links
  const part = profile === "release" ? "about half of the time" : "about a minute";
  const optimizing = compiled === total ? `, the last takes ${part}` : "";
  return `native crate: ${compiled}${of} crates${optimizing}, ${duration(Date.now() - started)}`;
}

function show() {
  if (live) process.stderr.write(`\r\x1b[K${progress()}`);
  else say(progress());
}

const build = spawn("pnpm", ["--dir", join(root, "crates", "native"), "run", command], {
  cwd: root,
  stdio: ["ignore", "pipe", "pipe"],
});
const output = [];
let rest = "";
function read(chunk) {
  output.push(chunk);
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    if (!/^\s*Compiling \S+ /.test(line)) continue;
    compiled += 1;
    // the first one tells that it has begun, the last one why it seems to stop
    if (compiled === 1 || compiled === total) show();
  }
}
build.stdout.on("data", (chunk) => read(String(chunk)));
build.stderr.on("data", (chunk) => read(String(chunk)));
const timer = setInterval(show, INTERVAL_MS);

build.on("error", (error) => giveUp(`pnpm could not be started: ${error.message}`));
build.on("close", (code) => {
  clearInterval(timer);
  if (live) process.stderr.write("\r\x1b[K");
  if (code === 0) return say(`built the native crate in ${duration(Date.now() - started)}`);
  say(output.join("").trimEnd());
  giveUp(
    "the native crate could not be built (the reason is above); fix it and run the same command again.",
  );
});
