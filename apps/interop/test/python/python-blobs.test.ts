// Blobs and gossip between nodes of this package and of the Python package.
import { randomBytes } from "node:crypto";
import type { EndpointAddress, Node } from "@aster/transport";
import { blobsOf } from "@aster/transport/blobs";
import { gossipOf } from "@aster/transport/gossip";
import { loopbackNode } from "@aster/transport/testing";
import { PythonCommands, pythonWithAster } from "@aster-apps/conformance/python";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const script = new URL("../../python/iroh_protocols.py", import.meta.url);
const environment = await pythonWithAster();

interface Added {
  readonly hash: string;
  readonly ticket: string;
}

describe.skipIf("missing" in environment)("the Python package", () => {
  let python: PythonCommands;
  let node: Node;
  let address: EndpointAddress;

  beforeEach(async () => {
    if ("missing" in environment) return;
    node = await loopbackNode({ protocols: ["docs"] });
    python = await PythonCommands.start(environment.path, script);
    address = (await python.do({ op: "start" })) as EndpointAddress;
  });

  afterEach(async () => {
    await node.close();
    await python[Symbol.asyncDispose]();
  });

  test("gives a blob by its ticket", async () => {
    const blobs = blobsOf(node);
    const { hash, ticket } = (await python.do({ op: "add", content: "from Python" })) as Added;
    expect(blobs.parseTicket(ticket)).toMatchObject({ hash, format: "raw" });
    expect(await blobs.get(ticket)).toEqual({ hash, sizeBytes: 11 });
    expect(Buffer.from(await blobs.bytes(hash)).toString()).toBe("from Python");
  });

  test("gives a collection by its ticket", async () => {
    const blobs = blobsOf(node);
    const command = { op: "addCollection", name: "a.txt", content: "inside" };
    const { hash, ticket } = (await python.do(command)) as Added;
    await blobs.get(ticket);
    const [entry] = await blobs.collections.entries(hash);
    expect(entry).toMatchObject({ name: "a.txt" });
    expect(Buffer.from(await blobs.bytes(entry?.hash ?? "")).toString()).toBe("inside");
  });

  test("gets a blob by its ticket", async () => {
    const blobs = blobsOf(node);
    const { hash } = await blobs.add(Buffer.from("from TypeScript"));
    expect(await python.do({ op: "get", ticket: blobs.ticket(hash) })).toBe("from TypeScript");
  });

  test("exchanges messages on a topic", async () => {
    const id = randomBytes(32).toString("hex");
    const joined = python.do({ op: "join", topic: id });
    using topic = gossipOf(node).join(id);
    // a peer that has not joined yet refuses the first attempts
    const attempts = setInterval(() => void topic.addPeers([address]), 200);
    await Promise.all([joined, topic.joined()]);
    clearInterval(attempts);
    const received = python.do({ op: "receive" });
    await topic.broadcast(Buffer.from("from TypeScript"));
    expect(await received).toBe("from TypeScript");
    await python.do({ op: "broadcast", content: "from Python" });
    for await (const event of topic) {
      if (event.kind !== "message") continue;
      expect(Buffer.from(event.content).toString()).toBe("from Python");
      break;
    }
  });
});
