import type { Blobs } from "@aster/transport/blobs";
import type { Doc, DocEvent } from "@aster/transport/docs";
import { expect, test } from "vitest";
import { NodeDocument } from "../../src/node/node-document.ts";

const peer = "b".repeat(64);
const neighborUp = { kind: "neighborUp", peer };
const content = { kind: "contentReady", hash: "c".repeat(64) };
const ended = { kind: "syncFinished", peer };
const finished = { ...ended, received: 9, sent: 0 };
const entry = { key: new Uint8Array(), author: "", hash: "", sizeBytes: 0, timestampMicros: 0n };
const insertRemote = { kind: "insertRemote", entry };

async function eventsOf(...events: readonly object[]): Promise<string[]> {
  const controller = new AbortController();
  const doc = {
    id: "a".repeat(64),
    async *subscribe() {
      for (const event of events) yield event as DocEvent;
    },
    startSync: async () => {},
  } as unknown as Doc;
  const document = new NodeDocument(
    doc,
    "author",
    {} as Blobs,
    async () => [],
    () => {},
  );
  const kinds: string[] = [];
  for await (const { kind } of document.subscribe(controller.signal)) kinds.push(kind);
  controller.abort();
  return kinds;
}

test("syncs that collide with those of a neighbor do not count", async () => {
  const kinds = await eventsOf(neighborUp, ended, ended, content, finished);
  expect(kinds).toEqual(["content", "synced"]);
});

test("a neighbor that ends every sync has nothing new", async () => {
  expect(await eventsOf(neighborUp, ...Array(8).fill(ended))).toContain("synced");
  expect(await eventsOf(...Array(20).fill(ended))).toEqual([]);
});

test("an ended sync counts after an entry of the peer", async () => {
  expect(await eventsOf(insertRemote, ended, ended)).toEqual(["entry", "synced"]);
});
