import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

test("the README contains src/first.ts, which has fewer than 30 lines", async () => {
  const [readme, first] = await Promise.all([read("../../../README.md"), read("../src/first.ts")]);
  expect(readme).toContain(first.trimEnd());
  expect(first.trimEnd().split("\n").length).toBeLessThan(30);
});

test("the README contains src/session.ts, which prints the numbers in its comments", async () => {
  const [readme, session] = await Promise.all([
    read("../../../README.md"),
    read("../src/session.ts"),
  ]);
  expect(readme).toContain(session.trimEnd());
  const lines: unknown[] = [];
  const log = console.log;
  console.log = (line: unknown) => lines.push(line);
  try {
    await import("../src/session.ts");
  } finally {
    console.log = log;
  }
  expect(lines).toEqual([5, 1]);
});
