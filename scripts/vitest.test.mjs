import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { flakyLines } from "./flaky.mjs";
import { vitest } from "./vitest.mjs";

const folder = mkdtempSync(join(tmpdir(), "aster-vitest-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs one test file as npm test does. */
function run(name, text) {
  const file = `${name}.test.mjs`;
  writeFileSync(join(folder, file), text);
  const args = ["--root", folder, "--globals", "--retry=1", file];
  return vitest(process.env, args);
}

test("a test that passes when it is repeated counts as passed, and is named", async () => {
  const { output, ...totals } = await run(
    "flaky",
    `let attempts = 0;
    describe("a group", () => {
      test("once", () => expect(attempts += 1, "attempts").toBe(2));
      test("always", () => {});
      test.fails("never", () => expect(1).toBe(2));
    });`,
  );
  expect(totals).toEqual({ passed: 3, failed: 0, skipped: 0, ok: true });
  expect(flakyLines(output)).toEqual([
    "flaky: flaky.test.mjs > a group > once (attempts: expected 1 to be 2 // Object.is equality)",
  ]);
});

test.each([
  ["a test that fails twice", `test("a", () => expect(1).toBe(2));`],
  ["a crashed worker", `test("a", () => process.kill(process.pid, "SIGKILL"));`],
  [
    "an error outside a test",
    `test("a", () => new Promise((done) => setTimeout(done, 50)));
    setTimeout(() => { throw new Error("x"); }, 0);`,
  ],
  [
    "a rejection outside a test",
    `test("a", () => new Promise((done) => setTimeout(done, 50)));
    Promise.reject(new Error("x"));`,
  ],
  ["a file that cannot be loaded", `throw new Error("x");`],
])("%s fails the run", async (name, text) => {
  const { ok, failed, output } = await run(name.replaceAll(" ", "-"), text);
  expect({ ok, failed, flaky: flakyLines(output) }).toEqual({ ok: false, failed: 1, flaky: [] });
});
