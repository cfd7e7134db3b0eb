// The programs in these READMEs and guides run as they stand, and print what their comments say.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { root } from "./toolchain.mjs";

// a program takes a second or two, and more on a busy machine
vi.setConfig({ testTimeout: 150_000 });

/**
 * Runs the `ts` blocks of a document, or of one of its sections, as one program. It finds the
 * packages from the folder of the package `name`, and then runs in `folder`, if one is given.
 * Returns the lines that its comments promise, and the lines that it printed.
 */
async function printed(document, name, { section, folder, timeout = 120_000 } = {}) {
  const whole = await readFile(join(root, document), "utf8");
  const text = section === undefined ? whole : sectionOf(whole, section);
  const program = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, block = ""]) => block).join("");
  const start = folder === undefined ? "" : `process.chdir(${JSON.stringify(folder)});\n`;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const args = [...flags, "--eval", start + program];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: join(root, "packages", name),
    timeout,
  });
  const said = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, line = ""]) => line);
  return { said, lines: stdout.trim().split("\n") };
}

function sectionOf(text, title) {
  const [, after = ""] = text.split(`\n## ${title}\n`);
  return after.split("\n## ")[0] ?? "";
}

test("contract", async () => {
  const { said, lines } = await printed("packages/contract/README.md", "contract");
  expect(said).toHaveLength(2);
  const [length, difference] = lines;
  expect(said[0]).toMatch(new RegExp(`^${length} hex characters`));
  expect(said[1]).toBe(difference);
});

test.each([
  ["interceptors", 2],
  ["registry", 5],
])("%s", async (name, count) => {
  const { said, lines } = await printed(`packages/${name}/README.md`, name);
  expect(said).toHaveLength(count);
  expect(lines).toEqual(said);
});

test.each([
  "calls",
  "streams",
  "sessions",
  "errors",
  "deadlines",
  "interceptors",
  "reconnection",
  "retries",
  "evolution",
  "testing",
  "configuration",
  "logging",
  "blobs",
  "registry",
])("guide: %s", async (name) => {
  const { said, lines } = await printed(`docs/guide/${name}.md`, "rpc");
  expect(said.length).toBeGreaterThan(0);
  expect(lines).toEqual(said);
});

test.each([
  ["observability", 5],
  ["limits-and-compression", 3],
])("guide: %s", async (name, count) => {
  const { said, lines } = await printed(`docs/guide/${name}.md`, "interceptors");
  expect(said).toHaveLength(count);
  expect(lines).toEqual(said);
});

test("guide: audit", async () => {
  const { said, lines } = await printed("docs/guide/audit.md", "interceptors");
  expect(said).toHaveLength(2);
  expect(lines).toEqual(said);
});

test("the walk-through of an operator in docs/trust.md", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aster-operator-"));
  try {
    const options = { section: "Walk-through", folder, timeout: 300_000 };
    const { said, lines } = await printed("docs/trust.md", "rpc", options);
    expect(said).toHaveLength(8);
    expect(lines).toEqual(said);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 330_000);
