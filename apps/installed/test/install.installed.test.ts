// Programs run in projects that npm and pnpm installed from the packed packages.
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, inject, test } from "vitest";
import { run } from "./support/run.ts";

const projects = { npm: inject("npmProject"), pnpm: inject("pnpmProject") };

test.each(["npm", "pnpm"] as const)("%s installs what the first program needs", async (client) => {
  const cwd = projects[client];
  expect(await run("node", ["first.mjs"], { cwd })).toBe("Hello, World!");
});

test("the command runs from its package", async () => {
  const program = join("node_modules", "@aster", "cli", "dist", "main.js");
  expect(await run("node", [program, "--version"], { cwd: projects.npm })).toMatch(/^\d+\.\d+/);
});

test("the command contains the page of its console, with the licenses of what is in it", async () => {
  const dist = join(projects.npm, "node_modules", "@aster", "cli", "dist");
  expect(await readdir(join(dist, "console"))).toContain("index.html");
  expect(await readFile(join(dist, "console", "licenses.md"), "utf8")).toContain("preact");
});

test("only one sub-path of the interceptors needs OpenTelemetry", async () => {
  const load = (path: string): Promise<string> => {
    const program = `console.log(Object.keys(await import("@aster/interceptors${path}")).join())`;
    return run("node", ["--input-type=module", "--eval", program], { cwd: projects.pnpm });
  };
  expect(await load("")).toContain("metrics");
  expect(await load("/metrics")).toContain("metrics");
  await expect(load("/open-telemetry")).rejects.toThrow("Cannot find package '@opentelemetry/api'");
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

test.each([
  ["linux", "x64", undefined, "linux-x64-musl", "linux-x64 (musl)"],
  ["linux", "arm64", "2.36", "linux-arm64-gnu", "linux-arm64 (glibc)"],
  ["darwin", "arm64", undefined, "darwin-arm64", "darwin-arm64"],
  ["win32", "x64", undefined, "win32-x64-msvc", "win32-x64"],
])(
  "on %s-%s with glibc %s the platform package is %s",
  async (platform, arch, glibc, name, text) => {
    const header = JSON.stringify({ glibcVersionRuntime: glibc });
    const pretend = `
    Object.defineProperty(process, "platform", { value: "${platform}" });
    Object.defineProperty(process, "arch", { value: "${arch}" });
    process.report.getReport = () => ({ header: ${header} });
    await import("@aster/native");`;
    const failed = run("node", ["--input-type=module", "--eval", pretend], { cwd: projects.pnpm });
    await expect(failed).rejects.toThrow(`@aster/native has no binary for ${text}; looked for`);
    await expect(failed).rejects.toThrow(`@aster/native-${name} `);
    await expect(failed).rejects.toThrow(/optional dependencies.*build it from source/s);
    await expect(failed).rejects.not.toThrow(/wasm|npm has a bug/i);
  },
);

test("the loader exports everything that the binary has", async () => {
  const names = `
    import { createRequire } from "node:module";
    import { readdirSync } from "node:fs";
    import { dirname } from "node:path";
    import * as loaded from "@aster/native";
    const require = createRequire(process.cwd() + "/index.js");
    const folder = dirname(require.resolve("@aster/native"));
    const binary = require(folder + "/" + readdirSync(folder).find((file) => file.endsWith(".node")));
    console.log(JSON.stringify([Object.keys(binary).sort(), Object.keys(loaded).sort()]));`;
  const output = await run("node", ["--input-type=module", "--eval", names], { cwd: projects.npm });
  const [binary, loaded] = JSON.parse(output);
  expect(binary.length).toBeGreaterThan(1);
  expect(loaded).toEqual(binary);
});

test("a program without a binary fails with the error of the native package", async () => {
  const require = createRequire(join(projects.npm, "index.js"));
  const folder = dirname(require.resolve("@aster/native"));
  const [binary, ...others] = (await readdir(folder)).filter((file) => file.endsWith(".node"));
  expect(others).toEqual([]);
  const [from, aside] = [join(folder, String(binary)), join(projects.npm, "aside.node")];
  await rename(from, aside);
  try {
    await expect(run("node", ["first.mjs"], { cwd: projects.npm })).rejects.toThrow(
      /FAILED_PRECONDITION: @aster\/native has no binary for/,
    );
  } finally {
    await rename(aside, from);
  }
});

test("CommonJS programs can require the packages", async () => {
  expect(await run("node", ["first.cjs"], { cwd: projects.npm })).toBe("Hello, World!");
});
