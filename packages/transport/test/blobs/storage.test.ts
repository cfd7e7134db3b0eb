// Blobs in a directory.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { blobsOf } from "../../src/blobs.ts";
import { loopbackNode } from "../../src/testing.ts";

const MIB = 2 ** 20;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "aster-storage-"));
});

afterEach(() => rm(directory, { recursive: true }));

test("keeps blobs over a restart of the node", async () => {
  const content = randomBytes(MIB);
  let hash: string;
  {
    await using node = await loopbackNode({ storage: directory });
    ({ hash } = await blobsOf(node).add(content));
  }
  await using node = await loopbackNode({ storage: directory });
  expect(Buffer.compare(await blobsOf(node).bytes(hash), content)).toBe(0);
});

test("continues a download after a restart", async () => {
  const content = randomBytes(24 * MIB);
  await using server = await loopbackNode({ protocols: ["blobs"] });
  const { hash } = await blobsOf(server).add(content);
  const source = { hash, providers: [server.address()] };
  let before = 0;
  {
    await using node = await loopbackNode({ storage: directory });
    const abort = new AbortController();
    const download = blobsOf(node).get(source, { signal: abort.signal });
    const seen = (async () => {
      for await (const { bytes } of download) {
        before = bytes;
        if (bytes > 0) abort.abort();
      }
    })();
    await expect(seen).rejects.toMatchObject({ code: "closed" });
  }
  await using node = await loopbackNode({ storage: directory });
  const blobs = blobsOf(node);
  expect(before).toBeGreaterThan(0);
  expect(await blobs.status(hash)).toMatchObject({ state: "partial" });
  const received = server.stats().connections;
  expect(received).toBe(0);
  await blobs.get(source);
  expect(Buffer.compare(await blobs.bytes(hash), content)).toBe(0);
});

test("a second node cannot open the directory", async () => {
  await using _first = await loopbackNode({ storage: directory });
  const second = loopbackNode({ storage: directory });
  await expect(second).rejects.toMatchObject({ name: "TransportError", code: "storage" });
});

test("a directory that cannot be made is an error of the storage", async () => {
  const file = join(directory, "file");
  await writeFile(file, "");
  await expect(loopbackNode({ storage: file })).rejects.toMatchObject({ code: "storage" });
});
