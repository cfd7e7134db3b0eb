// The programs of the README run as they stand there, and print what their comments say.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));

test("the programs of the README", async () => {
  const readme = await readFile(`${cwd}/README.md`, "utf8");
  const program = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, block = ""]) => block).join("");
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--eval", program], {
    cwd,
    timeout: 15_000,
  });
  const said = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, text = ""]) => text);
  expect(said).toHaveLength(2);
  const [length, difference] = stdout.trim().split("\n");
  expect(said[0]).toMatch(new RegExp(`^${length} hex characters`));
  expect(said[1]).toBe(difference);
});
