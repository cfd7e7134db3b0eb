// Runs the programs of the README.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));

const readme = await readFile(`${cwd}/README.md`, "utf8");
const programs = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, program = ""]) => program);

test.each(programs)("program %# of the README prints what it says", async (program) => {
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--eval", program], {
    cwd,
    timeout: 15_000,
  });
  const said = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, line]) => line);
  expect(said).toHaveLength(1);
  expect(stdout.trim().split("\n")).toEqual(said);
});
