// Topics of gossip between nodes on loopback.
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gossipOf, type Topic, type TopicEvent } from "../../src/gossip.ts";
import { memoryNetwork, type Node } from "../../src/index.ts";
import { loopbackNode } from "../../src/testing.ts";

let nodes: Node[];
let topic: string;

beforeEach(async () => {
  topic = randomBytes(32).toString("hex");
  nodes = await Promise.all([1, 2, 3].map(() => loopbackNode({ protocols: ["gossip"] })));
});

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
});

/** All nodes join through the first one. */
async function joinAll(): Promise<Topic[]> {
  const [first] = nodes;
  const peers = first === undefined ? [] : [first.address()];
  const topics = nodes.map((node, at) => gossipOf(node).join(topic, at === 0 ? {} : { peers }));
  await Promise.all(topics.map((each) => each.joined()));
  return topics;
}

async function first<Kind extends TopicEvent["kind"]>(
  from: Topic,
  kind: Kind,
): Promise<Extract<TopicEvent, { kind: Kind }>> {
  for await (const event of from) {
    if (event.kind === kind) return event as Extract<TopicEvent, { kind: Kind }>;
  }
  throw new Error(`no ${kind}`);
}

test("delivers a message to all members", async () => {
  const [sender, ...others] = (await joinAll()) as [Topic, Topic, Topic];
  const received = others.map((each) => first(each, "message"));
  await sender.broadcast(Buffer.from("hello"));
  for (const message of await Promise.all(received)) {
    expect(Buffer.from(message.content).toString()).toBe("hello");
    expect(nodes.map(({ id }) => id)).toContain(message.from);
  }
});

test("reports neighbors that come and go", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = gossipOf(one).join(topic);
  const theirs = gossipOf(two).join(topic, { peers: [one.address()] });
  expect(await first(ours, "neighborUp")).toEqual({ kind: "neighborUp", peer: two.id });
  await theirs.joined();
  const down = first(ours, "neighborDown");
  theirs.leave();
  expect(await down).toEqual({ kind: "neighborDown", peer: two.id });
  for await (const event of theirs) expect(event.kind).not.toBe("message");
  await expect(theirs.broadcast(new Uint8Array(1))).rejects.toMatchObject({ code: "closed" });
});

test("drops the oldest events of a slow reader and reports their number", async () => {
  const [one, two] = nodes as [Node, Node, Node];
  const ours = gossipOf(one).join(topic);
  const theirs = gossipOf(two).join(topic, { peers: [one.address()] });
  await theirs.joined();
  for (let at = 0; at < 3000; at++) await theirs.broadcast(Buffer.from(String(at)));
  await theirs.broadcast(Buffer.from("end"));
  let lost = 0;
  for await (const event of ours) {
    // a busy reader: events arrive while it waits
    if (event.kind === "message") await new Promise((resolve) => setTimeout(resolve, 1));
    if (event.kind === "lagged") lost += event.lost;
    if (lost > 0) break;
  }
  expect(lost).toBeGreaterThan(0);
});

test("a signal leaves the topic", async () => {
  const [one] = nodes as [Node, Node, Node];
  const abort = new AbortController();
  const joined = gossipOf(one).join(topic, { signal: abort.signal });
  const ended = (async () => {
    for await (const _ of joined) expect.unreachable();
  })();
  abort.abort();
  await ended;
});

test("the iteration ends with the node", async () => {
  const [one] = nodes as [Node, Node, Node];
  const joined = gossipOf(one).join(topic);
  const ended = (async () => {
    for await (const _ of joined) expect.unreachable();
  })();
  await one.close();
  await ended;
  await expect(joined.broadcast(new Uint8Array(1))).rejects.toMatchObject({ code: "closed" });
});

test("refuses wrong arguments and nodes without gossip", async () => {
  const [one] = nodes as [Node, Node, Node];
  const option = expect.objectContaining({ name: "TransportError", code: "option" });
  await using other = await loopbackNode({ protocols: ["blobs"] });
  expect(() => gossipOf(other)).toThrow(option);
  const memory = await memoryNetwork().createNode();
  expect(() => gossipOf(memory)).toThrow(option);
  expect(() => gossipOf(one).join("topic")).toThrow(option);
  const address = expect.objectContaining({ code: "address" });
  expect(() => gossipOf(one).join(topic, { peers: ["?"] })).toThrow(address);
  const joined = gossipOf(one).join(topic);
  const large = joined.broadcast(new Uint8Array(4000));
  await expect(large).rejects.toMatchObject({ code: "limit" });
});
