// The programs of the README run unchanged, and give the values in their comments.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));
/** A value, not a sentence. */
const literal = /^(?:[{["'\d-]|true$|false$|null$|undefined$)/;

/** Adds a check to a line with a value in its comment. */
function checked(line: string): string {
  const [, statement = "", says = ""] = /^(\S.*); \/\/ (.*)$/.exec(line) ?? [];
  if (!literal.test(says)) return line;
  const [, name] = /^const (\w+) = /.exec(statement) ?? [];
  const check = (value: string) => `deepEqual(${value}, ${says}); checks++;`;
  return name === undefined ? check(statement) : `${statement}; ${check(name)}`;
}

test("the programs of the README run", async () => {
  const readme = await readFile(`${cwd}/README.md`, "utf8");
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, block = ""]) => block);
  for (const block of blocks) expect(block.trim().split("\n").length).toBeLessThan(16);
  const program = [
    'import { deepEqual } from "node:assert/strict";',
    "let checks = 0;",
    ...blocks.join("\n").split("\n").map(checked),
    "console.log(checks);",
  ].join("\n");
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--eval", program], {
    cwd,
    timeout: 15_000,
  });
  expect(Number(stdout)).toBeGreaterThanOrEqual(6);
});
