import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, test } from "vitest";
import { secretKeyIn } from "../src/key-file.ts";
import { UsageError } from "../src/usage.ts";

const folder = mkdtempSync(join(tmpdir(), "aster-keys-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("creates a key that only its owner can read, and reads it again", async () => {
  const path = join(folder, "new.key");
  const key = await secretKeyIn(path);
  expect(await secretKeyIn(path)).toEqual(key);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.runIf(process.platform !== "win32")("refuses the key that others may read", async () => {
  const path = join(folder, "open.key");
  writeFileSync(path, "42".repeat(32));
  chmodSync(path, 0o644);
  await expect(secretKeyIn(path)).rejects.toThrow(`chmod 600 ${path}`);
  await expect(secretKeyIn(path)).rejects.toBeInstanceOf(UsageError);
});
