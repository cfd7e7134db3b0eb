import { expect, test } from "vitest";
import { runChecks, unknownWords } from "./checks.mjs";

test("a word that is in the name of no check is found", () => {
  expect(unknownWords(["types", "lint", "nosuch", ""])).toEqual(["nosuch"]);
  expect(unknownWords([])).toEqual([]);
});

test("an unknown word lists the checks and runs none", async () => {
  const written = [];
  const { write } = process.stdout;
  const note = (text) => written.push(String(text)) > 0;
  const { write: writeError } = process.stderr;
  process.stdout.write = note;
  process.stderr.write = note;
  let code;
  try {
    code = await runChecks(["types", "nosuch"]);
  } finally {
    process.stdout.write = write;
    process.stderr.write = writeError;
  }
  expect(code).toBe(1);
  const lines = written.join("").split("\n");
  expect(lines[0]).toContain('no check has "nosuch" in its name');
  expect(lines).toContain("  format and lint");
});
