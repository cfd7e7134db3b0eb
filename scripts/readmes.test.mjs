// The programs in these READMEs and guides run as they stand, and print what their comments say.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "./toolchain.mjs";

/**
 * Runs the `ts` blocks of a document as one program, in the folder of a package. Returns the lines
 * that its comments promise, and the lines that it printed.
 */
async function printed(document, name) {
  const text = await readFile(join(root, document), "utf8");
  const program = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, block = ""]) => block).join("");
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--eval", program], {
    cwd: join(root, "packages", name),
    timeout: 15_000,
  });
  const said = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, line = ""]) => line);
  return { said, lines: stdout.trim().split("\n") };
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
  ["registry", 4],
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
  "evolution",
  "testing",
  "configuration",
  "logging",
])(
  "guide: %s",
  async (name) => {
    const { said, lines } = await printed(`docs/guide/${name}.md`, "rpc");
    expect(said.length).toBeGreaterThan(0);
    expect(lines).toEqual(said);
  },
  20_000,
);
