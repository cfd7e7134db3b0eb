// The packages of the native module contain its licenses.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../toolchain.mjs";
import { releaseTargets } from "./crates.mjs";

const native = join(root, "crates", "native");
let copy;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "aster-release-"));
});
afterEach(() => rmSync(copy, { recursive: true }));

function succeed(command, args, cwd) {
  const path = [join(native, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PATH: path },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stdout}${stderr}`);
  return stdout;
}

/** Returns the names of the files that npm would pack in a folder. */
function packed(folder) {
  const list = JSON.parse(
    succeed("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], folder),
  );
  const [{ files }] = Array.isArray(list) ? list : Object.values(list);
  return files.map(({ path }) => path);
}

test("a release has the licenses in the package and in those of all platforms", () => {
  const folder = join(copy, "crates", "native");
  mkdirSync(join(folder, "artifacts"), { recursive: true });
  cpSync(join(root, "LICENSE"), join(copy, "LICENSE"));
  for (const file of readdirSync(native, { withFileTypes: true })) {
    if (!file.isFile() || file.name.endsWith(".node")) continue;
    cpSync(join(native, file.name), join(folder, file.name));
  }
  const platforms = "darwin-x64 darwin-arm64 win32-x64-msvc win32-arm64-msvc linux-x64-gnu";
  const all = `${platforms} linux-x64-musl linux-arm64-gnu linux-arm64-musl`.split(" ");
  for (const platform of all) {
    writeFileSync(join(folder, "artifacts", `aster-native.${platform}.node`), "binary");
  }
  succeed(process.execPath, ["release.mjs"], folder);

  const made = readdirSync(join(folder, "npm"));
  expect(made).toHaveLength(releaseTargets().length);
  for (const platform of made) {
    const files = readdirSync(join(folder, "npm", platform));
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "THIRD-PARTY-NOTICES.txt"]));
  }
  expect(packed(join(folder, "npm", "linux-x64-gnu")).sort()).toEqual([
    ...["LICENSE", "README.md", "THIRD-PARTY-NOTICES.txt"],
    ...["aster-native.linux-x64-gnu.node", "package.json"],
  ]);
  expect(packed(folder)).toContain("THIRD-PARTY-NOTICES.txt");
}, 60_000);
