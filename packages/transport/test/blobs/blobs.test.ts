// Blobs in the memory of nodes, and their downloads.
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Blobs, blobsOf } from "../../src/blobs.ts";
import { memoryNetwork, type Node } from "../../src/index.ts";
import { loopbackNode } from "../../src/testing.ts";

const MISSING = "ab".repeat(32);
const MIB = 2 ** 20;

let server: Node;
let client: Node;
let theirs: Blobs;
let ours: Blobs;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "aster-blobs-"));
  server = await loopbackNode({ protocols: ["blobs"] });
  client = await loopbackNode();
  theirs = blobsOf(server);
  ours = blobsOf(client);
});

afterEach(async () => {
  await Promise.all([server.close(), client.close()]);
  await rm(directory, { recursive: true });
});

async function* pieces(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("adds the same content from bytes, a file and pieces under the same hash", async () => {
  const content = randomBytes(300_000);
  const path = join(directory, "in");
  await writeFile(path, content);
  const first = await ours.add(new Uint8Array(content));
  const second = await ours.add({ path });
  const third = await ours.add(pieces(content, 10_000), { tag: "third" });
  expect(first).toEqual({ hash: first.hash, sizeBytes: 300_000 });
  expect([second, third]).toEqual([first, first]);
  const tags = await collect(ours.tags.list());
  expect(tags.map(({ name }) => name).sort()).toEqual([first.hash, "third"].sort());
  expect(await collect(ours.list())).toEqual([
    { hash: first.hash, complete: true, sizeBytes: 300_000 },
  ]);
});

test("downloads a blob by its ticket, with progress", async () => {
  const content = randomBytes(3 * MIB);
  const { hash } = await theirs.add(content);
  const ticket = theirs.ticket(hash);
  expect(ticket).toMatch(/^blob/);
  expect(ours.parseTicket(ticket)).toMatchObject({
    hash,
    format: "raw",
    provider: { endpointId: server.id },
  });
  const download = ours.get(ticket);
  const progress = await collect(download);
  expect(await download).toEqual({ hash, sizeBytes: content.length });
  for (const { bytes } of progress) expect(bytes).toBeLessThanOrEqual(content.length);
  expect(Buffer.compare(await ours.bytes(hash), content)).toBe(0);
  expect(await ours.get(ticket)).toEqual({ hash, sizeBytes: content.length });
});

test("a download knows its total before its end, and refuses a larger one at once", async () => {
  const content = randomBytes(48 * MIB);
  const { hash } = await theirs.add(content);
  const abort = new AbortController();
  const download = ours.get(theirs.ticket(hash), { signal: abort.signal });
  const totals: (number | undefined)[] = [];
  const seen = (async () => {
    for await (const { totalBytes } of download) {
      totals.push(totalBytes);
      if (totalBytes !== undefined) abort.abort();
    }
  })();
  await expect(seen).rejects.toMatchObject({ code: "closed" });
  expect(totals.at(-1)).toBe(content.length);
  const received = client.stats().receivedBytes;
  const other = await loopbackNode();
  const refused = blobsOf(other).get(theirs.ticket(hash), { maxBytes: 40 * MIB });
  await expect(refused).rejects.toMatchObject({ code: "limit" });
  expect(other.stats().receivedBytes).toBeLessThan(32 * MIB);
  expect(received).toBeGreaterThan(0);
  await other.close();
});

test("exports a blob and reads ranges of it", async () => {
  const content = randomBytes(2 * MIB + 17);
  const { hash } = await ours.add(content);
  const path = join(directory, "out");
  expect(await ours.export(hash, path)).toEqual({ hash, sizeBytes: content.length });
  expect(Buffer.compare(await readFile(path), content)).toBe(0);
  const read = await collect(ours.read(hash));
  expect(read.length).toBeGreaterThan(1);
  expect(Buffer.compare(Buffer.concat(read), content)).toBe(0);
  const range = await ours.bytes(hash, { offset: 1_000_001, length: 777_777 });
  expect(Buffer.compare(range, content.subarray(1_000_001, 1_777_778))).toBe(0);
  expect(await ours.bytes(hash, { offset: content.length - 5, length: 100 })).toHaveLength(5);
  expect(await ours.bytes(hash, { offset: content.length + 5 })).toHaveLength(0);
});

test("downloads a collection with its blobs", async () => {
  const one = await theirs.add(Buffer.from("one"));
  const two = await theirs.add(Buffer.from("two"));
  const entries = [
    { name: "1.txt", hash: one.hash },
    { name: "2.txt", hash: two.hash },
  ];
  const collection = await theirs.collections.add(entries);
  await ours.get(theirs.ticket(collection, { format: "collection" }));
  expect(await ours.collections.entries(collection)).toEqual(entries);
  expect(Buffer.from(await ours.bytes(two.hash)).toString()).toBe("two");
  expect(await ours.tags.get(collection)).toMatchObject({ format: "collection" });
  await expect(ours.collections.entries(one.hash)).rejects.toMatchObject({ code: "frame" });
});

test("asks the next provider when one does not have the blob", async () => {
  const other = await loopbackNode({ protocols: ["blobs"] });
  const { hash } = await theirs.add(randomBytes(100_000));
  const source = { hash, providers: [other.address(), server.address()] };
  expect(await ours.get(source)).toEqual({ hash, sizeBytes: 100_000 });
  await other.close();
});

test("a download that finds nothing fails with missing", async () => {
  const source = { hash: MISSING, providers: [server.address()] };
  await expect(ours.get(source)).rejects.toMatchObject({
    name: "TransportError",
    code: "missing",
  });
  await expect(collect(ours.get(source))).rejects.toMatchObject({ code: "missing" });
  expect((await ours.status(MISSING)).state).not.toBe("complete");
  await expect(ours.bytes(MISSING)).rejects.toMatchObject({ code: "missing" });
  await expect(ours.export(MISSING, join(directory, "x"))).rejects.toMatchObject({
    code: "missing",
  });
});

test("an aborted download keeps its part, and the next one continues", async () => {
  const content = randomBytes(24 * MIB);
  const { hash } = await theirs.add(content);
  const abort = new AbortController();
  const download = ours.get(theirs.ticket(hash), { signal: abort.signal });
  let before = 0;
  const seen = (async () => {
    for await (const { bytes } of download) {
      before = bytes;
      if (bytes > 0) abort.abort(new Error("enough"));
    }
  })();
  await expect(seen).rejects.toMatchObject({ code: "closed", cause: { message: "enough" } });
  expect(before).toBeGreaterThan(0);
  expect(await ours.status(hash)).toMatchObject({ state: "partial" });
  expect(await ours.tags.get(hash)).toBeDefined();
  const second = ours.get(theirs.ticket(hash));
  const [first] = await collect(second);
  if (first !== undefined) expect(first.bytes).toBeGreaterThanOrEqual(before);
  expect(Buffer.compare(await ours.bytes(hash), content)).toBe(0);
});

test("stops a download over the limit of the caller", async () => {
  const { hash } = await theirs.add(randomBytes(4 * MIB));
  const source = { hash, providers: [server.address()] };
  await expect(ours.get(source, { maxBytes: 100_000 })).rejects.toMatchObject({ code: "limit" });
});

test("an error of the pieces is the error of the import", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    throw new Error("cannot read");
  }
  await expect(ours.add(broken())).rejects.toMatchObject({
    cause: { message: "cannot read" },
  });
  expect(await collect(ours.list())).toEqual([]);
  await expect(ours.add({ path: join(directory, "none") })).rejects.toMatchObject({
    code: "storage",
  });
});

test("tags are set, found by prefix and deleted", async () => {
  const { hash } = await ours.add(Buffer.from("x"), { tag: "a/1" });
  await ours.tags.set("a/2", hash);
  await ours.tags.set("b", hash, { format: "raw" });
  const found = await collect(ours.tags.list({ prefix: "a/" }));
  expect(found).toEqual([
    { name: "a/1", hash, format: "raw" },
    { name: "a/2", hash, format: "raw" },
  ]);
  expect(await ours.tags.delete("a/1")).toBe(true);
  expect(await ours.tags.delete("a/1")).toBe(false);
});

test("a blob without a tag is deleted by the garbage collection", async () => {
  await using node = await loopbackNode({ storage: { collectIntervalMs: 100 } });
  const blobs = blobsOf(node);
  const { hash } = await blobs.add(Buffer.from("garbage"), { tag: "t" });
  const kept = await blobs.add(Buffer.from("kept"));
  await blobs.tags.delete("t");
  await expect
    .poll(async () => (await blobs.status(hash)).state, { timeout: 10_000 })
    .toBe("missing");
  expect(await blobs.status(kept.hash)).toMatchObject({ state: "complete" });
});

test("refuses wrong arguments", async () => {
  const option = { name: "TransportError", code: "option" };
  expect(() => blobsOf({} as Node)).toThrow(expect.objectContaining(option));
  const memory = await memoryNetwork().createNode();
  expect(() => blobsOf(memory)).toThrow(expect.objectContaining(option));
  await expect(ours.add("text" as never)).rejects.toMatchObject(option);
  await expect(ours.add(new Uint8Array(1), { tag: "" })).rejects.toMatchObject(option);
  await expect(ours.status("ab")).rejects.toMatchObject(option);
  await expect(ours.bytes(MISSING, { offset: -1 })).rejects.toMatchObject(option);
  await expect(ours.get({ hash: MISSING, providers: ["?"] })).rejects.toMatchObject({
    code: "address",
  });
  await expect(ours.get("blobnonsense")).rejects.toMatchObject({ code: "address" });
  await expect(loopbackNode({ storage: 5 as never })).rejects.toMatchObject(option);
});

test("operations end with the node", async () => {
  const { hash } = await ours.add(Buffer.from("x"));
  const never = ours.add(
    (async function* (): AsyncGenerator<Uint8Array> {
      await new Promise(() => {});
    })(),
  );
  const ended = expect(never).rejects.toMatchObject({ code: "closed" });
  await client.close();
  await ended;
  await expect(ours.status(hash)).rejects.toMatchObject({ code: "closed" });
});
