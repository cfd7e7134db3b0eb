// Documents in a directory.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Doc, docsOf } from "../../src/docs.ts";
import type { Node } from "../../src/index.ts";
import { loopbackNode } from "../../src/testing.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "aster-docs-"));
});

afterEach(() => rm(directory, { recursive: true }));

const stored = (): Promise<Node> => loopbackNode({ storage: directory, protocols: ["docs"] });

async function textOf(doc: Doc, key: string): Promise<string> {
  const entry = await doc.get(key);
  return entry === undefined ? "" : Buffer.from(await doc.bytes(entry)).toString();
}

test("keeps documents, contents, policies and authors over a restart", async () => {
  const policy = { download: "nothing", except: [] } as const;
  let id: string;
  let author: string;
  {
    await using node = await stored();
    const docs = docsOf(node);
    const doc = await docs.create();
    ({ id } = doc);
    author = await docs.authors.default();
    await doc.set("key", "content");
    await doc.setDownloadPolicy(policy);
  }
  await using node = await stored();
  const docs = docsOf(node);
  const doc = await docs.open(id);
  expect(await docs.authors.default()).toBe(author);
  expect(await textOf(doc, "key")).toBe("content");
  expect(await doc.downloadPolicy()).toEqual(policy);
  expect(await doc.status()).toEqual({ mode: "write", syncing: false });
  await doc.set("key", "after the restart");
  expect(await textOf(doc, "key")).toBe("after the restart");
});

test("gets what was written while the node was closed", async () => {
  await using other = await loopbackNode({ protocols: ["docs"] });
  const ours = await docsOf(other).create();
  await ours.set("before", "first");
  const source = { id: ours.id, peers: [other.address()] };
  await ours.startSync();
  {
    await using node = await stored();
    const theirs = await docsOf(node).join(source, { waitFor: "content" });
    expect(await textOf(theirs, "before")).toBe("first");
  }
  await ours.set("meanwhile", "second");
  await using node = await stored();
  const docs = docsOf(node);
  const kept = await docs.open(ours.id);
  expect(await textOf(kept, "before")).toBe("first");
  expect(await kept.peers()).toEqual([other.id]);
  const theirs = await docs.join(source, { waitFor: "content" });
  expect(await textOf(theirs, "meanwhile")).toBe("second");
});

test("the garbage collection spares the contents of documents", async () => {
  const storage = { directory, collectIntervalMs: 100 };
  await using node = await loopbackNode({ storage, protocols: ["docs"] });
  const docs = docsOf(node);
  const doc = await docs.create();
  await doc.set("key", "kept");
  await doc.set("gone", "collected");
  const gone = await doc.get("gone");
  await doc.delete("gone");
  if (gone === undefined) return expect.unreachable();
  const collected = () =>
    doc.bytes(gone).then(
      () => false,
      () => true,
    );
  await expect.poll(collected, { timeout: 30_000 }).toBe(true);
  expect(await textOf(doc, "key")).toBe("kept");
});
