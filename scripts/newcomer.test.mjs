// On a machine that lacks a tool, npm start prints one sentence with the remedy and exits with 1.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "./toolchain.mjs";

let clone;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "aster-newcomer-"));
  for (const name of ["scripts", "package.json", ".node-version"]) {
    cpSync(join(root, name), join(clone, name), { recursive: true });
  }
});
afterEach(() => rmSync(clone, { recursive: true }));

/** Runs `npm start`'s script with nothing on the PATH but `programs`. */
function start(programs, env = {}) {
  const bin = join(clone, "bin");
  mkdirSync(bin);
  for (const [name, target] of Object.entries(programs)) {
    if (target.startsWith("#!")) writeFileSync(join(bin, name), target, { mode: 0o755 });
    else symlinkSync(target, join(bin, name));
  }
  const run = spawnSync(process.execPath, [join(clone, "scripts", "start.mjs")], {
    encoding: "utf8",
    env: { HOME: clone, PATH: bin, ...env },
  });
  const sentences = run.stderr.split("\n").filter((line) => line.startsWith("aster: "));
  return { code: run.status, sentences, output: run.stdout + run.stderr };
}

const pnpm = '#!/bin/sh\n[ "$1" = --version ] && echo 12.21.0\nexit 0\n';

function withWorkspace() {
  for (const file of ["Cargo.toml", "Cargo.lock", "pnpm-workspace.yaml", "pnpm-lock.yaml"]) {
    cpSync(join(root, file), join(clone, file));
  }
  mkdirSync(join(clone, "node_modules"));
  cpSync(join(root, "crates"), join(clone, "crates"), {
    recursive: true,
    filter: (path) => !/node_modules|\.node$|\.aster-built|[/\\]target/.test(path),
  });
  for (const folder of ["packages", "apps"]) mkdirSync(join(clone, folder));
}

test("without cargo, npm start names rustup", () => {
  withWorkspace();
  const { code, sentences } = start({ pnpm, sh: "/bin/sh" });
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(/cargo was not found; install it from https:\/\/rustup\.rs/);
  expect(code).toBe(1);
});

test("with an old Rust, npm start names rustup update", () => {
  withWorkspace();
  const { code, sentences } = start({
    pnpm,
    sh: "/bin/sh",
    cargo: "#!/bin/sh\necho cargo 1.80.1\n",
  });
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(/Rust 1\.80\.1 is too old.*rustup update/);
  expect(code).toBe(1);
});

test("without a network, npm start names the connection", () => {
  const failing = "#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\nexit 1\n";
  const { code, sentences } = start({ npm: failing, sh: "/bin/sh" });
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(
    /could not fetch pnpm@.*code ENOTFOUND.*check the network connection/,
  );
  expect(code).toBe(1);
});

test("with an old Node, npm start names the version it needs", () => {
  const old = `Object.defineProperty(process, "version", { value: "v18.20.0" });
    Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.0" } });`;
  writeFileSync(join(clone, "old.cjs"), old);
  const { code, sentences } = start({}, { NODE_OPTIONS: `--require ${join(clone, "old.cjs")}` });
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(/Node 20 or newer is needed.*v18\.20\.0/);
  expect(code).toBe(1);
});
