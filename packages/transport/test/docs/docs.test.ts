// Documents of one node: entries, queries, authors and their errors.
import { afterEach, beforeEach, expect, test } from "vitest";
import { blobsOf } from "../../src/blobs.ts";
import { type Doc, type DocEntry, type Docs, docsOf } from "../../src/docs.ts";
import { memoryNetwork, type Node } from "../../src/index.ts";
import { loopbackNode } from "../../src/testing.ts";

const option = expect.objectContaining({ name: "TransportError", code: "option" });
const closed = expect.objectContaining({ name: "TransportError", code: "closed" });
const missing = expect.objectContaining({ name: "TransportError", code: "missing" });

let node: Node;
let docs: Docs;
let doc: Doc;

beforeEach(async () => {
  node = await loopbackNode({ protocols: ["docs"] });
  docs = docsOf(node);
  doc = await docs.create();
});

afterEach(() => node.close());

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const keys = (entries: readonly DocEntry[]): string[] => entries.map(({ keyText }) => keyText);

test("keeps the latest content of a key", async () => {
  const before = Date.now();
  await doc.set("greeting", "hello");
  const hash = await doc.set("greeting", Buffer.from("hello, world"));
  const entry = await doc.get("greeting");
  expect(entry).toEqual({
    key: bytes("greeting"),
    keyText: "greeting",
    author: await docs.authors.default(),
    hash,
    sizeBytes: 12,
    timestampMicros: expect.any(Number),
    deleted: false,
  });
  if (entry === undefined) return;
  expect(entry.timestampMicros / 1000).toBeGreaterThan(before - 60_000);
  expect(Buffer.from(await doc.bytes(entry)).toString()).toBe("hello, world");
  const pieces = await all(doc.read(entry, { offset: 7 }));
  expect(Buffer.concat(pieces).toString()).toBe("world");
  expect(Buffer.from(await blobsOf(node).bytes(hash)).toString()).toBe("hello, world");
  expect(await doc.get("greetin")).toBeUndefined();
});

test("takes bytes as keys and blobs as content", async () => {
  const key = Uint8Array.of(0, 255, 10);
  await doc.setHash(key, await blobsOf(node).add(Buffer.from("a blob")));
  const [entry] = await all(doc.query());
  expect(entry).toMatchObject({ key, keyText: "\0\uFFFD\n", sizeBytes: 6 });
  expect(await doc.get(key)).toEqual(entry);
});

test("returns the entry of one author, or the latest of all", async () => {
  const [one, two] = [await docs.authors.create(), await docs.authors.create()];
  await doc.set("key", "of one", { author: one });
  await doc.set("key", "of two", { author: two });
  expect(await doc.get("key")).toMatchObject({ author: two });
  expect(await doc.get("key", { author: one })).toMatchObject({ author: one });
  expect(await doc.get("key", { author: await docs.authors.default() })).toBeUndefined();
  expect(await all(doc.query({ key: "key" }))).toHaveLength(2);
  expect(await all(doc.query({ key: "key", author: one }))).toMatchObject([{ author: one }]);
  expect(await all(doc.query({ latest: true }))).toMatchObject([{ author: two }]);
});

test("selects, sorts and cuts entries", async () => {
  const [a = "", b = ""] = [await docs.authors.create(), await docs.authors.create()].sort();
  for (const name of ["x/2", "x/1", "y/1"]) await doc.set(name, "of a", { author: a });
  await doc.set("x/1", "of b", { author: b });
  expect(keys(await all(doc.query()))).toEqual(["x/1", "x/1", "x/2", "y/1"]);
  expect(keys(await all(doc.query({ prefix: "x/" })))).toEqual(["x/1", "x/1", "x/2"]);
  expect(keys(await all(doc.query({ key: "x/" })))).toEqual([]);
  expect(keys(await all(doc.query({ prefix: "x/", latest: true })))).toEqual(["x/1", "x/2"]);
  expect(keys(await all(doc.query({ sortBy: "author" })))).toEqual(["x/1", "x/2", "y/1", "x/1"]);
  const backwards = doc.query({ latest: true, direction: "descending" });
  expect(keys(await all(backwards))).toEqual(["y/1", "x/2", "x/1"]);
  expect(keys(await all(doc.query({ offset: 2, limit: 1 })))).toEqual(["x/2"]);
  expect(await all(doc.query({ limit: 0 }))).toEqual([]);
});

test("yields a thousand entries in order", async () => {
  const content = await blobsOf(node).add(Buffer.from("shared"));
  const names = Array.from({ length: 1000 }, (_, at) => String(at).padStart(4, "0"));
  await Promise.all(names.map((name) => doc.setHash(name, content)));
  expect(keys(await all(doc.query()))).toEqual(names);
  for await (const entry of doc.query()) {
    expect(entry.keyText).toBe("0000");
    break;
  }
  const abort = new AbortController();
  const aborted = (async () => {
    for await (const _ of doc.query({ signal: abort.signal })) abort.abort();
  })();
  await expect(aborted).rejects.toEqual(closed);
});

test("deletes the entries of an author under a prefix", async () => {
  const author = await docs.authors.create();
  for (const name of ["a/1", "a/2", "b"]) await doc.set(name, "content");
  await doc.set("a/1", "of another author", { author });
  expect(await doc.delete("a/")).toBe(2);
  expect(keys(await all(doc.query()))).toEqual(["a/1", "b"]);
  expect(await doc.get("a/2", { includeDeleted: true })).toBeUndefined();
  const marker = await doc.get("a/", { includeDeleted: true });
  expect(marker).toMatchObject({ deleted: true, sizeBytes: 0 });
  expect(await doc.get("a/")).toBeUndefined();
  expect(keys(await all(doc.query({ includeDeleted: true })))).toEqual(["a/", "a/1", "b"]);
  await doc.set("a/2", "again");
  expect(await doc.get("a/2")).toMatchObject({ deleted: false });
});

test("creates, exports, imports and deletes authors", async () => {
  const { authors } = docs;
  const first = await authors.default();
  const author = await authors.create();
  expect(new Set(await all(authors.list()))).toEqual(new Set([first, author]));
  const secret = await authors.export(author);
  expect(secret).toHaveLength(32);
  await authors.delete(author);
  await expect(authors.export(author)).rejects.toEqual(missing);
  await expect(doc.set("key", "content", { author })).rejects.toEqual(missing);
  await expect(doc.delete("key", { author })).rejects.toEqual(missing);
  await expect(authors.setDefault(author)).rejects.toEqual(missing);
  expect(await authors.import(secret)).toBe(author);
  await authors.setDefault(author);
  await doc.set("key", "content");
  expect(await doc.get("key")).toMatchObject({ author });
  await expect(authors.delete(author)).rejects.toEqual(option);
});

test("lists, opens and drops documents", async () => {
  const other = await docs.create();
  const listed = await all(docs.list());
  expect(listed).toHaveLength(2);
  expect(listed).toContainEqual({ id: doc.id, mode: "write" });
  await doc.set("key", "content");
  const again = await docs.open(doc.id);
  expect(await again.get("key")).toMatchObject({ keyText: "key" });
  await again.startSync();
  await docs.drop(doc.id);
  for (const handle of [doc, again]) await expect(handle.get("key")).rejects.toEqual(closed);
  await expect(docs.open(doc.id)).rejects.toEqual(missing);
  await expect(docs.drop(doc.id)).rejects.toEqual(missing);
  expect(await all(docs.list())).toEqual([{ id: other.id, mode: "write" }]);
  await doc.close();
});

test("a closed handle leaves the others open", async () => {
  const again = await docs.open(doc.id);
  await doc.close();
  await doc.close();
  await expect(doc.set("key", "content")).rejects.toEqual(closed);
  await expect(all(doc.query())).rejects.toEqual(closed);
  await again.set("key", "content");
  await again.close();
  const third = await docs.open(doc.id);
  expect(await third.get("key")).toBeDefined();
});

test("keeps the download policy of a document", async () => {
  expect(await doc.downloadPolicy()).toEqual({ download: "everything", except: [] });
  const except = [{ prefix: "services/" }, { exact: Uint8Array.of(1, 2) }];
  await doc.setDownloadPolicy({ download: "nothing", except });
  expect(await doc.downloadPolicy()).toEqual({
    download: "nothing",
    except: [{ prefix: bytes("services/") }, { exact: Uint8Array.of(1, 2) }],
  });
});

test("writes tickets with the chosen right and addresses", async () => {
  const { id, directAddresses } = { id: node.id, ...node.address() };
  const ticket = docs.parseTicket(await doc.share());
  expect(ticket).toEqual({
    id: doc.id,
    mode: "read",
    peers: [{ endpointId: id, directAddresses }],
  });
  const writable = docs.parseTicket(await doc.share({ mode: "write", addresses: "none" }));
  expect(writable).toMatchObject({ id: doc.id, mode: "write" });
  expect(writable.secret).toHaveLength(32);
  expect(writable.peers).toEqual([{ endpointId: id, directAddresses: [] }]);
  const relayed = docs.parseTicket(await doc.share({ addresses: "relay" }));
  expect(relayed.peers).toEqual([{ endpointId: id, directAddresses: [] }]);
});

test("a reader cannot write, and becomes a writer by the secret", async () => {
  await using reader = await loopbackNode({ protocols: ["docs"] });
  const { id, secret } = docs.parseTicket(await doc.share({ mode: "write" }));
  const theirs = await docsOf(reader).join({ id, peers: [] }, { sync: false });
  expect(await theirs.status()).toEqual({ mode: "read", syncing: false });
  await expect(theirs.set("key", "content")).rejects.toEqual(option);
  await expect(theirs.delete("key")).rejects.toEqual(option);
  await expect(theirs.share({ mode: "write" })).rejects.toEqual(option);
  await docsOf(reader).join({ id, secret, peers: [] }, { sync: false });
  expect(await theirs.status()).toEqual({ mode: "write", syncing: false });
  await theirs.set("key", "content");
  await docsOf(reader).join({ id, peers: [] }, { sync: false });
  expect(await theirs.status()).toEqual({ mode: "write", syncing: false });
});

test("refuses wrong input", async () => {
  const wrong = "x" as never;
  const address = expect.objectContaining({ code: "address" });
  const limit = expect.objectContaining({ code: "limit" });
  const { id } = doc;
  await expect(doc.set("key", "")).rejects.toEqual(option);
  await expect(doc.set(7 as never, "content")).rejects.toEqual(option);
  await expect(doc.set("key", "content", { author: "me" })).rejects.toEqual(option);
  await expect(doc.set("key", "content", { author: 7 as never })).rejects.toEqual(option);
  await expect(doc.set("k".repeat(3073), "content")).rejects.toEqual(limit);
  await doc.set("k".repeat(3072), "content");
  await expect(doc.setHash("key", { hash: "?", sizeBytes: 1 })).rejects.toEqual(option);
  const blob = await blobsOf(node).add(Buffer.from("a"));
  await expect(doc.setHash("key", { ...blob, sizeBytes: -1 })).rejects.toEqual(option);
  await expect(doc.setHash("key", { ...blob, sizeBytes: 0 })).rejects.toEqual(option);
  await expect(docs.open("?")).rejects.toEqual(option);
  await expect(docs.open(7 as never)).rejects.toEqual(option);
  await expect(docs.open("02".padEnd(64, "0"))).rejects.toEqual(option);
  await expect(docs.drop("00".repeat(31))).rejects.toEqual(option);
  await expect(docs.join("doc?")).rejects.toEqual(address);
  await expect(docs.join({ id, peers: ["?"] })).rejects.toEqual(address);
  const secret = new Uint8Array(32);
  await expect(docs.join({ id, peers: [], secret })).rejects.toEqual(option);
  await expect(docs.join({ id, peers: [], secret: new Uint8Array(1) })).rejects.toEqual(option);
  await expect(docs.join({ id, peers: [] }, { waitFor: wrong })).rejects.toEqual(option);
  await expect(docs.authors.import(new Uint8Array(31))).rejects.toEqual(option);
  await expect(doc.share({ mode: wrong })).rejects.toEqual(option);
  await expect(doc.share({ addresses: wrong })).rejects.toEqual(option);
  await expect(doc.setDownloadPolicy({ download: wrong })).rejects.toEqual(option);
  await expect(doc.startSync(["?"])).rejects.toEqual(address);
  const queries = [
    { key: "a", prefix: "b" },
    { limit: -1 },
    { offset: 0.5 },
    { author: "?" },
    { sortBy: wrong },
    { direction: wrong },
    { latest: true, sortBy: "author" as const },
  ];
  for (const query of queries) await expect(all(doc.query(query))).rejects.toEqual(option);
  expect(() => docs.parseTicket("doc")).toThrow(address);
});

test("needs a node over QUIC that serves docs", async () => {
  await using other = await loopbackNode({ protocols: ["blobs", "gossip"] });
  expect(() => docsOf(other)).toThrow(option);
  const memory = await memoryNetwork().createNode();
  expect(() => docsOf(memory)).toThrow(option);
});

test("the close of the node ends documents, queries and subscriptions", async () => {
  const handles = node.stats().nativeHandles;
  await doc.set("key", "content");
  const query = doc.query();
  await query.next();
  const events = doc.subscribe();
  const waiting = expect(events.next()).rejects.toEqual(closed);
  expect(node.stats().nativeHandles).toBe(handles + 1);
  await node.close();
  await waiting;
  expect(node.stats().nativeHandles).toBe(0);
  await expect(doc.get("key")).rejects.toEqual(closed);
  await expect(docs.create()).rejects.toEqual(closed);
  await expect(all(docs.list())).rejects.toEqual(closed);
  await doc.close();
  // the port is free again
  const [bindAddress] = node.address().directAddresses;
  expect(bindAddress).toBeUndefined();
});
