// A small file system in memory that is full or read-only. Mounting it needs root.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileNonceStore } from "../../src/index.ts";

const nonce = (at: number): string => at.toString(16).padStart(64, "0");
const IN_AN_HOUR = Math.floor(Date.now() / 1_000) + 3_600;

function mount(...args: string[]): boolean {
  return spawnSync("mount", args, { stdio: "ignore" }).status === 0;
}

function unmount(path: string): void {
  // lazily: the store may still be looking for expired tokens
  spawnSync("umount", ["-l", path], { stdio: "ignore" });
}

function canMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), "aster-mount-"));
  try {
    return mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", path);
  } finally {
    unmount(path);
    rmSync(path, { recursive: true, force: true });
  }
}

const skip = !canMount();
if (skip) process.stderr.write("full and read-only disks are not tested: mount needs root\n");

describe.skipIf(skip)("a file system of 64 KiB", () => {
  let disk: string;
  let folder: string;

  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), "aster-disk-"));
    mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", disk);
    folder = join(disk, "tokens");
  });
  afterEach(() => {
    unmount(disk);
    rmSync(disk, { recursive: true, force: true });
  });

  test("accepts no token when it is full, and the same token when there is space again", async () => {
    const store = fileNonceStore(folder);
    expect(await store.consume(nonce(1), IN_AN_HOUR)).toBe(true);
    fill(join(disk, "other"));
    const attempt = store.consume(nonce(2), IN_AN_HOUR);
    await expect(attempt).rejects.toMatchObject({ name: "AdmissionError", code: "store" });
    await expect(attempt).rejects.toThrow("ENOSPC");
    expect(await store.consume(nonce(1), IN_AN_HOUR)).toBe(false);
    unlinkSync(join(disk, "other"));
    expect(await store.consume(nonce(2), IN_AN_HOUR)).toBe(true);
    expect(await store.consume(nonce(2), IN_AN_HOUR)).toBe(false);
  });

  test("fills up with tokens and keeps all of them", async () => {
    const store = fileNonceStore(folder);
    let used = 0;
    while (await store.consume(nonce(used), IN_AN_HOUR).catch(() => false)) used += 1;
    expect(used).toBeGreaterThan(5);
    const again = fileNonceStore(folder);
    for (let at = 0; at < used; at++) {
      expect(await again.consume(nonce(at), IN_AN_HOUR)).toBe(false);
    }
  });

  test("accepts no token when it is read-only", async () => {
    const store = fileNonceStore(folder);
    await store.consume(nonce(1), IN_AN_HOUR);
    mount("-o", "remount,ro", disk);
    for (const any of [store, fileNonceStore(folder), fileNonceStore(join(disk, "new"))]) {
      const attempt = any.consume(nonce(2), IN_AN_HOUR);
      await expect(attempt).rejects.toMatchObject({ code: "store" });
    }
    mount("-o", "remount,rw", disk);
    expect(await store.consume(nonce(2), IN_AN_HOUR)).toBe(true);
  });
});

function fill(path: string): void {
  for (let size = 64 * 1024; size > 0; size -= 4_096) {
    try {
      writeFileSync(path, Buffer.alloc(size));
      return;
    } catch {
      // the next size fits
    }
  }
}
