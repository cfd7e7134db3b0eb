// Files with keys on a file system that is full or read-only.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ensureNodeKey,
  newIdentity,
  readIdentity,
  readNodeKey,
  withIdentityPeer,
  writeIdentity,
  writeRootKey,
} from "../../src/files.ts";
import { generateRootKeypair, signCredential } from "../../src/index.ts";
import { SmallDisk } from "../support/small-disk.ts";

const root = await generateRootKeypair();

describe.runIf(SmallDisk.isAvailable())("a file system of 64 KiB", () => {
  let disk: SmallDisk;
  let path: string;

  beforeEach(() => {
    disk = new SmallDisk();
    path = join(disk.path, "file");
  });
  afterEach(() => disk[Symbol.dispose]());

  test("holds no part of a key when it is full", async () => {
    disk.fill();
    await expect(ensureNodeKey(path)).rejects.toMatchObject({ name: "KeyError", code: "io" });
    await expect(ensureNodeKey(path)).rejects.toThrow(/cannot write .*file: ENOSPC/);
    await expect(writeRootKey(path, root)).rejects.toMatchObject({ code: "io" });
    expect(readdirSync(disk.path)).toEqual(["filler"]);
    disk.free();
    const { endpointId } = await ensureNodeKey(path);
    disk.fill();
    expect((await readNodeKey(path)).endpointId).toBe(endpointId);
  });

  test("keeps the old identity when there is no space for the new one", async () => {
    const identity = newIdentity();
    await writeIdentity(path, identity);
    const old = readFileSync(path, "utf8");
    disk.fill();
    const credential = await signCredential(root.secretKey, { name: "x".repeat(4_000) });
    const more = withIdentityPeer(identity, { name: "more", role: "consumer", credential });
    const writing = writeIdentity(path, more, { replace: true });
    await expect(writing).rejects.toMatchObject({ code: "io" });
    expect(readFileSync(path, "utf8")).toBe(old);
    expect(readdirSync(disk.path).sort()).toEqual(["file", "filler"]);
    expect((await readIdentity(path)).endpointId).toBe(identity.endpointId);
  });

  test("is reported when it is read-only", async () => {
    disk.setReadOnly(true);
    await expect(ensureNodeKey(path)).rejects.toThrow(/cannot write .*file: EROFS/);
  });
});
