// Runs the first program with every tool that the README names, because newcomers start with these
// recipes.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const app = dirname(dirname(fileURLToPath(import.meta.url)));
const first = join(app, "src", "first.ts");
const tsx = import.meta.resolve("tsx");
// inside the app, so that its dependencies resolve
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(app, "recipes-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function output(args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, args, { cwd: app, timeout: 15_000 });
  return stdout.trim();
}

test("tsx runs the decorator form", async () => {
  expect(await output(["--import", tsx, first])).toBe("Hello, World!");
});

test("node alone runs the contract-first form", async () => {
  const program = join(folder, "contract-first.ts");
  await writeFile(
    program,
    `import { startGreeter } from "../src/serve.ts";
     import { greet } from "../src/call.ts";
     await using server = await startGreeter();
     console.log((await greet(server.address, "World")).message);`,
  );
  expect(await output(["--disable-warning=ExperimentalWarning", program])).toBe("Hello, World!");
});

test("vitest runs the decorator form", async () => {
  const lines: unknown[] = [];
  const log = console.log;
  console.log = (line: unknown) => lines.push(line);
  try {
    await import("../src/first.ts");
  } finally {
    console.log = log;
  }
  expect(lines).toEqual(["Hello, World!"]);
});

test("tsup bundles the decorator form", async () => {
  const bin = join(
    dirname(createRequire(import.meta.url).resolve("tsup/package.json")),
    "dist",
    "cli-default.js",
  );
  const args = [
    bin,
    first,
    "--format",
    "esm",
    "--target",
    "node22",
    "--out-dir",
    folder,
    "--silent",
    "--no-config",
  ];
  await run(process.execPath, args, { cwd: app });
  // the packages of this workspace are TypeScript sources, whose types node strips
  expect(await output([join(folder, "first.js")])).toBe("Hello, World!");
});

test("legacy decorators (experimentalDecorators, Bun) run the decorator form", async () => {
  const { code } = await transform(await readFile(first, "utf8"), {
    loader: "ts",
    target: "node22",
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  expect(code).toContain("__decorateClass");
  const program = join(folder, "legacy.mjs");
  await writeFile(program, code);
  expect(await output([program])).toBe("Hello, World!");
});
