// Builds the page of `aster console`, for the command that runs from the sources.
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./toolchain.mjs";

const app = join(root, "apps", "console");
const page = join(app, "dist");
const STAMP = ".sources";

/** Builds the page if its sources have changed. Several processes may do so at the same time. */
export async function buildConsolePage() {
  const sources = fingerprint();
  if (isBuilt(sources)) return;
  const outDir = join(app, `dist-${randomBytes(6).toString("hex")}`);
  try {
    // a process of its own, because vite changes NODE_ENV
    const { NODE_ENV: _, ...env } = process.env;
    const vite = join(root, "node_modules", "vite", "bin", "vite.js");
    const args = [vite, "build", "--outDir", outDir, "--logLevel", "warn"];
    await promisify(execFile)(process.execPath, args, { cwd: app, env });
    writeFileSync(join(outDir, STAMP), sources);
    replacePage(outDir, sources);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** Takes the built page, unless another process was faster. */
function replacePage(outDir, sources) {
  if (isBuilt(sources)) return;
  rmSync(page, { recursive: true, force: true });
  try {
    renameSync(outDir, page);
  } catch (error) {
    if (!isBuilt(sources)) throw error;
  }
}

function isBuilt(sources) {
  const stamp = join(page, STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === sources;
}

function fingerprint() {
  const hash = createHash("sha256");
  const below = ["src", "public"].flatMap((folder) =>
    readdirSync(join(app, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const others = ["index.html", "vite.config.ts", "package.json"].map((name) => join(app, name));
  for (const path of [...below, ...others, join(root, "pnpm-lock.yaml")].sort()) {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}
