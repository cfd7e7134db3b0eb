import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, describe, expect, test } from "vitest";
import { secretKeyIn } from "../src/key-file.ts";

const folder = mkdtempSync(join(tmpdir(), "aster-keys-"));
afterAll(() => rmSync(folder, { recursive: true }));
const hex = "42".repeat(32);

const written = (name: string, mode: number, text = `${hex}\n`): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

test("creates a key that only its owner can read, and reads it again", () => {
  const path = join(folder, "new.key");
  const key = secretKeyIn(path);
  expect(secretKeyIn(path)).toEqual(key);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each([0o600, 0o400])("reads a key file of mode %o", (mode) => {
  expect(secretKeyIn(written(`mode-${mode}`, mode))).toEqual(
    new Uint8Array(Buffer.from(hex, "hex")),
  );
});

test.each([
  ["too short", "42"],
  ["longer than a key", "42".repeat(600)],
])("refuses a text that is %s", (name, text) => {
  expect(() => secretKeyIn(written(name, 0o600, text))).toThrow("64 hex characters");
});

describe.skipIf(process.platform === "win32")("key files of others", () => {
  test.each([0o644, 0o640, 0o604, 0o620, 0o666])("refuses mode %o", (mode) => {
    const path = written(`open-${mode}`, mode);
    expect(() => secretKeyIn(path)).toThrow(`chmod 600 ${path}`);
  });

  test("refuses a link, also one to nothing", () => {
    const path = join(folder, "link.key");
    symlinkSync(written("target.key", 0o600), path);
    expect(() => secretKeyIn(path)).toThrow("is a link");
    const dangling = join(folder, "dangling.key");
    symlinkSync(join(folder, "nothing"), dangling);
    expect(() => secretKeyIn(dangling)).toThrow("is a link");
  });

  test("refuses a folder and a pipe without waiting", () => {
    const inner = join(folder, "folder.key");
    mkdirSync(inner, { mode: 0o700 });
    expect(() => secretKeyIn(inner)).toThrow("not a regular file");
    const pipe = join(folder, "pipe.key");
    execFileSync("mkfifo", ["-m", "600", pipe]);
    expect(() => secretKeyIn(pipe)).toThrow("not a regular file");
  });

  test.skipIf(process.geteuid?.() !== 0)("refuses the file of another user", () => {
    const path = written("other.key", 0o600);
    chownSync(path, 12_345, 12_345);
    expect(() => secretKeyIn(path)).toThrow("belongs to user 12345");
  });
});
