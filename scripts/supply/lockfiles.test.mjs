import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../toolchain.mjs";
import {
  cargoLockBreaches,
  lockfileBreaches,
  pnpmLockBreaches,
  requirementBreaches,
} from "./lockfiles.mjs";

const text = (file) => readFileSync(join(root, file), "utf8");
const pnpmLock = text("pnpm-lock.yaml");
const cargoLock = text("Cargo.lock");

test("the lock files of the workspace have no breach", () => {
  expect(lockfileBreaches()).toEqual([]);
});

test.each([
  ["a tarball", "{tarball: https://example.org/planted.tgz}"],
  [
    "a tarball with a hash",
    `{integrity: sha512-${"A".repeat(86)}==, tarball: https://example.org/}`,
  ],
  ["a git commit", "{type: git, repo: https://example.org/planted, commit: 0123}"],
  ["a sha1", "{integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}"],
])("reports an npm package from %s", (_kind, resolution) => {
  const planted = `packages:\n\n  'planted@1.0.0':\n    resolution: ${resolution}\n`;
  expect(pnpmLockBreaches(pnpmLock.replace("packages:\n", planted))).toEqual([
    expect.stringMatching(/^pnpm-lock\.yaml: 'planted@1\.0\.0' has the resolution/),
  ]);
});

test.each([
  ["git", 'source = "git+https://example.org/planted#0123"\n'],
  [
    "another registry",
    `source = "registry+https://example.org/"\nchecksum = "${"0".repeat(64)}"\n`,
  ],
  [
    "crates.io without a checksum",
    'source = "registry+https://github.com/rust-lang/crates.io-index"\n',
  ],
])("reports a crate from %s", (_kind, lines) => {
  const planted = `${cargoLock}\n[[package]]\nname = "planted"\nversion = "1.0.0"\n${lines}`;
  expect(cargoLockBreaches(planted)).toEqual([
    expect.stringMatching(/^Cargo\.lock: planted 1\.0\.0 comes from /),
  ]);
});

const hash = `--hash=sha256:${"0".repeat(64)}`;

test("accepts Python packages with hashes, also for some platforms only", () => {
  const marked = `b==2.0 ; sys_platform != 'win32' \\\n    ${hash} \\\n    ${hash}`;
  expect(requirementBreaches("r.txt", `# made by\na==1.0 \\\n    ${hash}\n${marked}\n`)).toEqual(
    [],
  );
});

test.each([
  ["without a hash", "planted==1.0"],
  ["with an md5", "planted==1.0 --hash=md5:0123"],
  ["of any version", `planted>=1.0 ${hash}`],
  ["from an address", `planted @ https://example.org/planted.whl ${hash}`],
  ["from another index", "--index-url https://example.org"],
])("reports a Python package %s", (_kind, line) => {
  expect(requirementBreaches("r.txt", `a==1.0 ${hash}\n${line}\n`)).toEqual([
    expect.stringMatching(/^r\.txt: ".*" is not a version with sha256 hashes$/),
  ]);
});

test("reports files in which it finds nothing", () => {
  expect(pnpmLockBreaches("lockfileVersion: '10.0'\n")).toHaveLength(1);
  expect(cargoLockBreaches("version = 4\n")).toHaveLength(1);
  expect(requirementBreaches("r.txt", "# nothing\n")).toHaveLength(1);
});
