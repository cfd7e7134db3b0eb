// Programs run in projects that npm and pnpm installed from the packed packages.
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { run } from "./support/run.ts";

const projects = { npm: inject("npmProject"), pnpm: inject("pnpmProject") };

test.each(["npm", "pnpm"] as const)("%s installs what the first program needs", async (client) => {
  const cwd = projects[client];
  expect(await run("node", ["first.mjs"], { cwd })).toBe("Hello, World!");
});

test("no manifest speaks of the workspace", async () => {
  const folder = join(projects.npm, "node_modules", "@aster");
  for (const name of await readdir(folder)) {
    expect(await readFile(join(folder, name, "package.json"), "utf8")).not.toMatch(
      /workspace:|catalog:|\.\/src\//,
    );
  }
});

test("a release lists a platform package for every target, and contains no binary itself", async () => {
  const folder = join(projects.pnpm, "node_modules", "@aster", "native");
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  expect(Object.keys(manifest.optionalDependencies).sort()).toEqual(
    [
      "darwin-arm64",
      "darwin-x64",
      "linux-arm64-gnu",
      "linux-arm64-musl",
      "linux-x64-gnu",
      "linux-x64-musl",
      "win32-arm64-msvc",
      "win32-x64-msvc",
    ].map((platform) => `@aster/native-${platform}`),
  );
  expect((await readdir(folder)).filter((file) => file.endsWith(".node"))).toEqual([]);
});

test("a binary of another system is named in the error", async () => {
  const binary = join(projects.npm, "other.node");
  await writeFile(binary, "a stand-in");
  const env = { NAPI_RS_NATIVE_LIBRARY_PATH: binary };
  const failed = run("node", ["first.mjs"], { cwd: projects.npm, env });
  await expect(failed).rejects.toThrow(`the binary ${binary} of @aster/native cannot be loaded`);
});

test("without a binary, the error names the platform and the ways out", async () => {
  const require = createRequire(join(projects.npm, "index.js"));
  const folder = join(require.resolve("@aster/native"), "..");
  const binaries = (await readdir(folder)).filter((file) => file.endsWith(".node"));
  expect(binaries).toHaveLength(1);
  const aside = join(projects.npm, "aside");
  await mkdir(aside);
  for (const file of binaries) await rename(join(folder, file), join(aside, file));
  try {
    const failed = run("node", ["first.mjs"], { cwd: projects.npm });
    await expect(failed).rejects.toThrow(
      new RegExp(
        `@aster/native has no binary for ${process.platform}-${process.arch} \\((glibc|musl)\\)`,
      ),
    );
    await expect(failed).rejects.toThrow(/optional dependencies/);
    await expect(failed).rejects.toThrow(/build it from source/);
    await expect(failed).rejects.not.toThrow(/wasm|npm has a bug/i);
  } finally {
    for (const file of binaries) await rename(join(aside, file), join(folder, file));
  }
});
