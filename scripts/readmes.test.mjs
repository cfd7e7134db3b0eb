// The programs in these READMEs run as they are written and print what their comments say.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "./toolchain.mjs";

/** Runs the programs of a README. Returns the output that its comments state and the real one. */
async function printed(name) {
  const cwd = join(root, "packages", name);
  const readme = await readFile(join(cwd, "README.md"), "utf8");
  const program = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, block = ""]) => block).join("");
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--eval", program], {
    cwd,
    timeout: 15_000,
  });
  const said = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, text = ""]) => text);
  return { said, lines: stdout.trim().split("\n") };
}

test("contract", async () => {
  const { said, lines } = await printed("contract");
  expect(said).toHaveLength(2);
  const [length, difference] = lines;
  expect(said[0]).toMatch(new RegExp(`^${length} hex characters`));
  expect(said[1]).toBe(difference);
});

test.each([
  ["interceptors", 2],
  ["registry", 4],
])("%s", async (name, count) => {
  const { said, lines } = await printed(name);
  expect(said).toHaveLength(count);
  expect(lines).toEqual(said);
});
