// Runs the program of the README.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));

test("the program of the README prints what its comment says", async () => {
  const readme = await readFile(`${cwd}/README.md`, "utf8");
  const [, program = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--eval", program], {
    cwd,
    timeout: 15_000,
  });
  expect(stdout.trim()).toBe("hello");
});
