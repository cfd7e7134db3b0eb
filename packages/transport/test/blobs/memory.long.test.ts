// A blob of 1 GiB, which no side holds in memory.
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { blobsOf } from "../../src/blobs.ts";
import { loopbackNode } from "../../src/testing.ts";

const MIB = 2 ** 20;
const SIZE = 1024 * MIB;
/** Buffers of QUIC, of the store and of the garbage collector. */
const MAX_GROWTH = 256 * MIB;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "aster-large-"));
});

afterEach(() => rm(directory, { recursive: true }));

async function* content(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < SIZE / MIB; at++) yield new Uint8Array(MIB).fill(at % 251);
}

test("a large blob is added, downloaded, read and exported in flat memory", async () => {
  await using server = await loopbackNode({ protocols: ["blobs"], storage: join(directory, "a") });
  await using client = await loopbackNode({ storage: join(directory, "b") });
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  const { hash, sizeBytes } = await blobsOf(server).add(content());
  expect(sizeBytes).toBe(SIZE);
  const ours = blobsOf(client);
  await ours.get(blobsOf(server).ticket(hash));
  let read = 0;
  for await (const piece of ours.read(hash)) read += piece.length;
  expect(read).toBe(SIZE);
  const path = join(directory, "out");
  await ours.export(hash, path);
  expect((await stat(path)).size).toBe(SIZE);
  clearInterval(watch);
  expect((most - before) / MIB).toBeLessThan(MAX_GROWTH / MIB);
}, 600_000);
