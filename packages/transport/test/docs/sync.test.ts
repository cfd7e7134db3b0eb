// Documents that several nodes on loopback synchronize.
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { blobsOf } from "../../src/blobs.ts";
import { type Doc, type DocEvent, docsOf } from "../../src/docs.ts";
import type { Node } from "../../src/index.ts";
import { loopbackNode } from "../../src/testing.ts";

let nodes: Node[];

beforeEach(async () => {
  nodes = await Promise.all([1, 2, 3].map(() => loopbackNode({ protocols: ["docs"] })));
});

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
});

/** Reads events until one is of this kind and accepted. */
async function next<Kind extends DocEvent["kind"]>(
  events: AsyncIterator<DocEvent>,
  kind: Kind,
  accepts: (event: Extract<DocEvent, { kind: Kind }>) => boolean = () => true,
): Promise<Extract<DocEvent, { kind: Kind }>> {
  for (;;) {
    const { value: event, done } = await events.next();
    if (done === true) throw new Error(`no ${kind}`);
    if (event.kind === kind && accepts(event as never)) return event as never;
  }
}

/** Reads events until each of these kinds has come, in any order. */
async function all(events: AsyncIterator<DocEvent>, kinds: string[]): Promise<DocEvent[]> {
  const missing = new Set(kinds);
  const found: DocEvent[] = [];
  while (missing.size > 0) {
    const { value: event, done } = await events.next();
    if (done === true) throw new Error(`no ${[...missing].join(" and ")}`);
    if (missing.delete(event.kind)) found.push(event);
  }
  return found;
}

async function textOf(doc: Doc, key: string): Promise<string | undefined> {
  const entry = await doc.get(key);
  return entry === undefined ? undefined : Buffer.from(await doc.bytes(entry)).toString();
}

/** Waits for the content of a key, or for a certain one. */
async function arrived(doc: Doc, key: string, expected?: string): Promise<string> {
  const events = doc.subscribe();
  for (;;) {
    const text = await textOf(doc, key).catch(() => undefined);
    if (text !== undefined && text === (expected ?? text)) return text;
    await events.next();
  }
}

test("two nodes get each other's entries and contents", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  await ours.set("from one", "first");
  const ticket = await ours.share({ mode: "write" });
  const theirs = await docsOf(two).join(ticket, { waitFor: "content" });
  expect(theirs.id).toBe(ours.id);
  expect(await textOf(theirs, "from one")).toBe("first");
  expect(await theirs.peers()).toEqual([one.id]);
  const events = ours.subscribe();
  await theirs.set("from two", "second");
  const inserted = await next(events, "insertRemote");
  expect(inserted).toMatchObject({ from: two.id, entry: { keyText: "from two" } });
  expect(await arrived(ours, "from two")).toBe("second");
  await ours.set("from one", "third");
  expect(await arrived(theirs, "from one", "third")).toBe("third");
});

test("a deletion reaches the other nodes", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  await ours.set("a/1", "content");
  const theirs = await docsOf(two).join(await ours.share(), { waitFor: "content" });
  const events = theirs.subscribe();
  await ours.delete("a/");
  await next(events, "insertRemote", ({ entry }) => entry.deleted);
  expect(await theirs.get("a/1")).toBeUndefined();
});

test("a third node gets everything through one that did not write it", async () => {
  const [one, two, three] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  await ours.set("key", "content");
  const second = await docsOf(two).join(await ours.share(), { waitFor: "content" });
  const ticket = await second.share();
  await one.close();
  const third = await docsOf(three).join(ticket, { waitFor: "content" });
  expect(await textOf(third, "key")).toBe("content");
});

test("live updates reach all three nodes", async () => {
  const [one, two, three] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  const ticket = await ours.share({ mode: "write" });
  const second = await docsOf(two).join(ticket, { waitFor: "sync" });
  const third = await docsOf(three).join(ticket, { waitFor: "sync" });
  await second.set("from two", "second");
  await third.set("from three", "third");
  for (const doc of [ours, third]) expect(await arrived(doc, "from two")).toBe("second");
  for (const doc of [ours, second]) expect(await arrived(doc, "from three")).toBe("third");
});

test("syncs thousands of entries", { timeout: 120_000 }, async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  const content = await blobsOf(one).add(Buffer.from("shared"));
  const count = 3000;
  const writes = Array.from({ length: count }, (_, at) => ours.setHash(`key ${at}`, content));
  await Promise.all(writes);
  const theirs = await docsOf(two).join(await ours.share(), { waitFor: "content" });
  let found = 0;
  for await (const _ of theirs.query()) found += 1;
  expect(found).toBe(count);
});

test("reports neighbors and syncs", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  await ours.set("key", "content");
  const events = ours.subscribe();
  const ticket = await ours.share();
  const theirs = await docsOf(two).join(ticket, { sync: false });
  const received = theirs.subscribe();
  await theirs.startSync(docsOf(two).parseTicket(ticket).peers);
  const found = await all(received, ["insertRemote", "syncFinished"]);
  const synced = found.find(({ kind }) => kind === "syncFinished");
  expect(synced).toMatchObject({ peer: one.id });
  expect(synced).not.toHaveProperty("error");
  expect(found).toContainEqual(expect.objectContaining({ kind: "insertRemote", from: one.id }));
  expect(await next(events, "neighborUp")).toMatchObject({ peer: two.id });
  await theirs.leave();
  expect(await theirs.status()).toEqual({ mode: "read", syncing: false });
  expect(await next(events, "neighborDown")).toMatchObject({ peer: two.id });
});

test("downloads the contents that the policy names only", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  const large = randomBytes(100_000);
  await ours.set("wanted/1", large);
  await ours.set("wanted/2", "small");
  await ours.set("other", "unwanted");
  const theirs = await docsOf(two).join(await ours.share(), {
    policy: { download: "nothing", except: [{ prefix: "wanted/" }] },
    waitFor: "content",
  });
  const [other, first, second] = await Promise.all(
    ["other", "wanted/1", "wanted/2"].map((key) => theirs.get(key)),
  );
  if (other === undefined || first === undefined || second === undefined) {
    return expect.unreachable();
  }
  expect(Buffer.compare(await theirs.bytes(first), large)).toBe(0);
  expect(Buffer.from(await theirs.bytes(second)).toString()).toBe("small");
  await expect(theirs.bytes(other)).rejects.toMatchObject({ code: "missing" });
  // the content is a blob, which the program can get itself
  await blobsOf(two).get({ hash: other.hash, providers: [one.address()] });
  expect(Buffer.from(await theirs.bytes(other)).toString()).toBe("unwanted");
});

test("counts the connections of documents and leaves none behind", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  const theirs = await docsOf(two).join(await ours.share(), { waitFor: "sync" });
  expect(one.stats().connections).toBeGreaterThan(0);
  await theirs.leave();
  await theirs.close();
  await two.close();
  await expect.poll(() => one.stats().connections, { timeout: 30_000 }).toBe(0);
});

test("a join that cannot reach its peers fails, and can be tried again", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  const peers = [one.address()];
  const docs = docsOf(two);
  // the document is not shared yet
  const join = docs.join({ id: ours.id, peers }, { waitFor: "sync" });
  await expect(join).rejects.toMatchObject({ name: "TransportError", code: "connect" });
  await expect(docs.open(ours.id).then((doc) => doc.status())).resolves.toMatchObject({
    syncing: false,
  });
  await ours.startSync();
  const theirs = await docs.join({ id: ours.id, peers }, { waitFor: "sync" });
  expect(await theirs.status()).toMatchObject({ syncing: true });
});

test("a signal ends the wait of a join", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = await docsOf(one).create();
  await ours.startSync();
  const docs = docsOf(two);
  const aborted = { code: "closed", message: "the operation was aborted" };
  const signal = AbortSignal.abort();
  await expect(docs.join({ id: ours.id, peers: [] }, { signal })).rejects.toMatchObject(aborted);
  const abort = new AbortController();
  // a peer that nothing leads to
  const peers = ["ae58ff8833241ac82d6ff7611046ed67b5072d142c588d0063e942d9a75502b6"];
  const source = { id: ours.id, peers, secret: undefined };
  const join = docs.join(source, { waitFor: "content", signal: abort.signal });
  join.catch(() => {});
  abort.abort();
  await expect(join).rejects.toMatchObject({ code: expect.stringMatching(/closed|connect/) });
});

test("the gate decides about documents too", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const list = one.closeGate({ openAlpns: [] });
  const ours = await docsOf(one).create();
  await ours.set("key", "content");
  const ticket = await ours.share();
  const refused = docsOf(two).join(ticket, { waitFor: "sync" });
  await expect(refused).rejects.toMatchObject({ code: "connect" });
  list.allow(two.id);
  const theirs = await docsOf(two).join(ticket, { waitFor: "content" });
  expect(await textOf(theirs, "key")).toBe("content");
});
