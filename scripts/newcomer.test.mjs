// On a machine that lacks a tool, npm start prints one sentence with the remedy and exits with 1.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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
const cargo = '#!/bin/sh\n[ "$1" = --version ] && echo cargo 1.95.0\nexit 0\n';

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

test("without cargo, npm start names rustup before it downloads anything", () => {
  withWorkspace();
  const downloads = join(clone, "downloads");
  const npm = `#!/bin/sh\necho "$@" >> ${downloads}\n`;
  const { code, sentences } = start({ npm, sh: "/bin/sh" });
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(/cargo was not found; install it from https:\/\/rustup\.rs/);
  expect(code).toBe(1);
  expect(existsSync(downloads)).toBe(false);
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
  withWorkspace();
  const failing = "#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\nexit 1\n";
  const { code, sentences } = start({ npm: failing, sh: "/bin/sh", cargo });
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(
    /could not fetch @pnpm\/exe\S+@.*code ENOTFOUND.*check the network connection/,
  );
  expect(code).toBe(1);
});

/** An npm that installs a package with a pnpm and the result of `hashOf` for all that is asked. */
const npmServing = (hashOf) => `#!${process.execPath}
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
const root = ${JSON.stringify(clone)};
const pins = JSON.parse(readFileSync(root + "/scripts/tools/pinned.json"));
const packages = {};
for (const wanted of process.argv.filter((argument) => argument in pins)) {
  const path = "node_modules/" + wanted.slice(0, wanted.lastIndexOf("@"));
  const folder = root + "/.tools/" + path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + "/package.json", "{}");
  writeFileSync(folder + "/pnpm", "#!/bin/sh\\necho fetched pnpm $1 >&2\\nexit 1\\n", { mode: 0o755 });
  packages[path] = { integrity: (${hashOf})(pins[wanted]) };
}
writeFileSync(root + "/.tools/node_modules/.package-lock.json", JSON.stringify({ packages }));
`;

test("a tool with another hash than the pinned one is removed and does not run", () => {
  withWorkspace();
  const npm = npmServing(() => "sha512-other");
  const { code, sentences, output } = start({ npm, cargo, sh: "/bin/sh" });
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(/served @pnpm\/exe\S+ with sha512-other, but \S+ has sha512-/);
  expect(code).toBe(1);
  expect(output).not.toContain("fetched pnpm");
  expect(readdirSync(join(clone, ".tools", "node_modules", "@pnpm"))).toEqual([]);
});

test("a tool with the pinned hash runs", () => {
  withWorkspace();
  const { output } = start({ npm: npmServing((pin) => pin), cargo, sh: "/bin/sh" });
  expect(output).toContain("fetched pnpm install");
});

test("npm start says first what it takes, and shows how far the native build is", () => {
  withWorkspace();
  const tree = ["a v1.0.0", "b v2.0.0 (*)", "b v2.0.0", "b v3.0.0", "aster-native v0.1.0 (/clone)"];
  const building = [
    "#!/bin/sh",
    '[ "$1" = --version ] && echo 12.21.0 && exit 0',
    '[ "$1" = --dir ] || exit 0',
    ...["a v1.0.0", "b v2.0.0", "b v3.0.0", "aster-native v0.1.0"].map(
      (crate) => `echo "   Compiling ${crate}" >&2`,
    ),
    `echo binary > ${join(clone, "crates", "native", "aster-native.test.node")}`,
  ].join("\n");
  const tellingTree = [
    "#!/bin/sh",
    '[ "$1" = --version ] && echo cargo 1.95.0',
    ...tree.map((line) => `[ "$1" = tree ] && echo "${line}"`),
    "exit 0",
  ].join("\n");
  const { output } = start({
    pnpm: building,
    cargo: tellingTree,
    node: process.execPath,
    sh: "/bin/sh",
  });
  const at = (pattern) => output.search(pattern);
  expect(output).toMatch(/install the npm packages into node_modules \(\d+ MB on disk\)/);
  expect(output).toMatch(
    /native crate from source: about \d+ crates, \d+ minutes .*\d+ MB on disk/,
  );
  expect(at(/to do first, once:/)).toBeLessThan(at(/installing packages/));
  expect(output).toMatch(/native crate: 1 of at most 4 crates, \d+ s\n/);
  expect(output).toMatch(/native crate: 4 of at most 4 crates, the last takes .*, \d+ s\n/);
  expect(output).toMatch(/built the native crate in \d+ s\n/);
});

test("a failed native build is shown with its reason", () => {
  withWorkspace();
  const failing = [
    "#!/bin/sh",
    '[ "$1" = --version ] && echo 12.21.0 && exit 0',
    '[ "$1" = --dir ] || exit 0',
    'echo "error: linker cc not found" >&2',
    "exit 101",
  ].join("\n");
  const { code, sentences, output } = start({
    pnpm: failing,
    cargo,
    node: process.execPath,
    sh: "/bin/sh",
  });
  expect(output).toContain("error: linker cc not found");
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(/native crate could not be built/);
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
