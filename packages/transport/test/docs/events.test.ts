// Subscriptions to the events of a document.
import { afterEach, beforeEach, expect, test } from "vitest";
import { blobsOf } from "../../src/blobs.ts";
import { type Doc, type DocEvent, type Docs, docsOf } from "../../src/docs.ts";
import type { Node } from "../../src/index.ts";
import { loopbackNode } from "../../src/testing.ts";

let node: Node;
let docs: Docs;
let doc: Doc;

beforeEach(async () => {
  node = await loopbackNode({ protocols: ["docs"] });
  docs = docsOf(node);
  doc = await docs.create();
});

afterEach(() => node.close());

const keyOf = (event: DocEvent | undefined): string | undefined =>
  event !== undefined && "entry" in event ? event.entry.keyText : undefined;

test("yields every write that follows the subscription, to each subscriber", async () => {
  const [one, two] = [doc.subscribe(), doc.subscribe()];
  const hash = await doc.set("key", "content");
  for (const events of [one, two]) {
    const { value } = await events.next();
    expect(value).toMatchObject({ kind: "insertLocal", entry: { keyText: "key", hash } });
  }
});

test("drops the oldest events of a slow reader, reports their number and delays no write", async () => {
  const content = await blobsOf(node).add(Buffer.from("shared"));
  const events = doc.subscribe();
  for (let at = 0; at < 3000; at++) await doc.setHash(`key ${at}`, content);
  // the last event has arrived in the queue
  const fresh = doc.subscribe();
  await doc.setHash("end", content);
  expect(keyOf((await fresh.next()).value ?? undefined)).toBe("end");
  const seen: DocEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (keyOf(event) === "end") break;
  }
  expect(seen[0]).toEqual({ kind: "lagged", lost: 3001 - 1024 });
  expect(keyOf(seen[1])).toBe(`key ${3001 - 1024}`);
  expect(seen).toHaveLength(1025);
});

test("a signal and the end of the loop end a subscription only", async () => {
  const handles = node.stats().nativeHandles;
  const abort = new AbortController();
  const events = doc.subscribe({ signal: abort.signal });
  const ended = (async () => {
    for await (const _ of events) expect.unreachable();
  })();
  abort.abort();
  await ended;
  for await (const _ of doc.subscribe({ signal: abort.signal })) expect.unreachable();
  const other = doc.subscribe();
  await doc.set("key", "content");
  for await (const event of other) {
    expect(keyOf(event)).toBe("key");
    break;
  }
  expect(await other.next()).toEqual({ done: true, value: undefined });
  const unread = doc.subscribe();
  await unread.return?.();
  expect(await unread.next()).toEqual({ done: true, value: undefined });
  expect(node.stats().nativeHandles).toBeGreaterThanOrEqual(handles);
});

test.each(["close", "drop"] as const)(
  "a %s of the document ends them with an error",
  async (how) => {
    const other = await docs.open(doc.id);
    const [ours, theirs] = [doc.subscribe(), other.subscribe()];
    await doc.set("key", "content");
    const reading = (async () => {
      for await (const event of ours) expect(keyOf(event)).toBe("key");
    })();
    const error = { name: "TransportError", code: "closed" };
    const ended = expect(reading).rejects.toMatchObject(error);
    if (how === "drop") await docs.drop(doc.id);
    else await doc.close();
    await ended;
    const first = await theirs.next();
    expect(keyOf(first.value ?? undefined)).toBe("key");
    if (how === "drop") await expect(theirs.next()).rejects.toMatchObject({ code: "closed" });
    else {
      await other.set("next", "content");
      expect(keyOf((await theirs.next()).value ?? undefined)).toBe("next");
    }
    const late = how === "drop" ? other : doc;
    await expect(late.subscribe().next()).rejects.toMatchObject({ code: "closed" });
  },
);

test("a document that was joined again after a drop gets events", async () => {
  const { id } = doc;
  await doc.startSync();
  for await (const _ of doc.subscribe({ signal: AbortSignal.abort() })) expect.unreachable();
  await docs.drop(id);
  const again = await docs.join({ id, peers: [] });
  const events = again.subscribe();
  await again.leave();
  await docs.drop(id);
  await expect(events.next()).rejects.toMatchObject({ code: "closed" });
});
