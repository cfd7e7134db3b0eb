import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** The interpreter of a virtual environment, or the reason for which it is missing. */
export type PythonEnvironment = { readonly path: string } | { readonly missing: string };

/** Returns an environment with the Python package, which includes pyfory 0.16.0. */
export function pythonWithAster(): Promise<PythonEnvironment> {
  return pythonWith("interop", "aster-rpc 0.1.2");
}

/** Returns an environment with the current pyfory. */
export function pythonWithFory(): Promise<PythonEnvironment> {
  return pythonWith("fory", "pyfory 1.7.7");
}

/**
 * Returns the virtual environment `.venv/<name>`, which all test files of a checkout share. The
 * first use creates it, with the packages and hashes of `requirements/<name>.txt`. Throws if that
 * fails and `CI` is set.
 */
async function pythonWith(name: string, title: string): Promise<PythonEnvironment> {
  const python = await prepared(name);
  if ("missing" in python) {
    const reason = `interop with ${title} is not tested: ${python.missing}`;
    if (process.env.CI) throw new Error(reason);
    process.stderr.write(`${reason}\n`);
  }
  return python;
}

async function prepared(name: string): Promise<PythonEnvironment> {
  const file = fileURLToPath(new URL(`requirements/${name}.txt`, import.meta.url));
  const requirements = readFileSync(file, "utf8");
  const venv = join(root, ".venv", name);
  const path = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const complete = () => existsSync(stamp) && readFileSync(stamp, "utf8") === requirements;
  const stamp = join(venv, ".complete");
  if (complete()) return { path };
  const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"];
  const base = suitablePython();
  if (base === undefined) return { missing: "no Python 3.9–3.13 was found on the PATH" };
  mkdirSync(join(root, ".venv"), { recursive: true });
  return await withLock(join(root, ".venv", `${name}.lock`), async () => {
    if (complete()) return { path };
    rmSync(venv, { recursive: true, force: true });
    const problem =
      (await failure(base, ["-m", "venv", venv])) ??
      (await failure(path, [...install, "--requirement", file]));
    if (problem !== undefined) return { missing: problem };
    writeFileSync(stamp, requirements);
    return { path };
  });
}

function suitablePython(): string | undefined {
  const check = "import sys, venv; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 13))";
  const names = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
  return names.find((name) => spawnSync(name, ["-c", check], { stdio: "ignore" }).status === 0);
}

/** Runs a command; returns its output if it fails. */
async function failure(command: string, args: readonly string[]): Promise<string | undefined> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-2000);
    });
  }
  const code = await new Promise((resolve) => {
    child.on("error", resolve);
    child.on("close", resolve);
  });
  return code === 0 ? undefined : `${command} ${args.join(" ")} ended with ${code}\n${output}`;
}

/** Runs `work` while no other process holds the lock. */
async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!taken(path)) {
    if (abandoned(path)) rmSync(path, { force: true });
    else await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function taken(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}

/** Returns whether the process that took the lock has ended. */
function abandoned(path: string): boolean {
  try {
    const owner = Number(readFileSync(path, "utf8"));
    // an empty file is still being written
    if (owner > 0) process.kill(owner, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
