// A file system that is full or read-only.
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileNonceStore } from "../../src/index.ts";
import { SmallDisk } from "../support/small-disk.ts";

const nonce = (at: number): string => at.toString(16).padStart(64, "0");
const IN_AN_HOUR = Math.floor(Date.now() / 1_000) + 3_600;

describe.runIf(SmallDisk.isAvailable())("a file system of 64 KiB", () => {
  let disk: SmallDisk;
  let folder: string;

  beforeEach(() => {
    disk = new SmallDisk();
    folder = join(disk.path, "tokens");
  });
  afterEach(() => disk[Symbol.dispose]());

  test("accepts no token when it is full, and the same token when there is space again", async () => {
    const store = fileNonceStore(folder);
    expect(await store.consume(nonce(1), IN_AN_HOUR)).toBe(true);
    disk.fill();
    const attempt = store.consume(nonce(2), IN_AN_HOUR);
    await expect(attempt).rejects.toMatchObject({ name: "AdmissionError", code: "store" });
    await expect(attempt).rejects.toThrow("ENOSPC");
    expect(await store.consume(nonce(1), IN_AN_HOUR)).toBe(false);
    disk.free();
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
    disk.setReadOnly(true);
    for (const any of [store, fileNonceStore(folder), fileNonceStore(join(disk.path, "new"))]) {
      const attempt = any.consume(nonce(2), IN_AN_HOUR);
      await expect(attempt).rejects.toMatchObject({ code: "store" });
    }
    disk.setReadOnly(false);
    expect(await store.consume(nonce(2), IN_AN_HOUR)).toBe(true);
  });
});
