// Documents between nodes of this package and of the Python package.
import type { Node } from "@aster/transport";
import { type Doc, docsOf } from "@aster/transport/docs";
import { loopbackNode } from "@aster/transport/testing";
import { PythonCommands, pythonWithAster } from "@aster-apps/conformance/python";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const script = new URL("../../python/iroh_protocols.py", import.meta.url);
const environment = await pythonWithAster();
const patient = { timeout: 30_000 };

interface Joined {
  readonly id: string;
  readonly author: string;
}

describe.skipIf("missing" in environment)("the Python package", () => {
  let python: PythonCommands;
  let node: Node;

  beforeEach(async () => {
    if ("missing" in environment) return;
    node = await loopbackNode({ protocols: ["docs"] });
    python = await PythonCommands.start(environment.path, script);
    await python.do({ op: "start" });
  });

  afterEach(async () => {
    await node.close();
    await python[Symbol.asyncDispose]();
  });

  const textOf = async (doc: Doc, key: string): Promise<string | undefined> => {
    const entry = await doc.get(key);
    return entry === undefined ? undefined : Buffer.from(await doc.bytes(entry)).toString();
  };

  test("gives a document by its ticket", async () => {
    const command = { op: "createDoc", mode: "write" };
    const created = (await python.do(command)) as Joined & { readonly ticket: string };
    const { id, author, ticket } = created;
    const hash = await python.do({ op: "setEntry", key: "from/python", content: "first" });
    const docs = docsOf(node);
    expect(docs.parseTicket(ticket)).toMatchObject({ id, mode: "write" });
    const doc = await docs.join(ticket, { waitFor: "content" });
    expect(doc.id).toBe(id);
    expect(await doc.get("from/python")).toMatchObject({ author, hash, sizeBytes: 5 });
    expect(await textOf(doc, "from/python")).toBe("first");
    await doc.set("from/typescript", "second");
    const author2 = await docs.authors.default();
    const expected = { key: "from/typescript", author: author2, content: "second" };
    await expect
      .poll(() => python.do({ op: "queryEntries", prefix: "from/t" }), patient)
      .toEqual([expected]);
  });

  test("joins a document by its ticket", async () => {
    const doc = await docsOf(node).create();
    await doc.set("from/typescript", "first");
    const ticket = await doc.share({ mode: "write" });
    const { id, author } = (await python.do({ op: "joinDoc", ticket })) as Joined;
    expect(id).toBe(doc.id);
    const events = doc.subscribe();
    await expect
      .poll(() => python.do({ op: "queryEntries", prefix: "from/" }), patient)
      .toMatchObject([{ key: "from/typescript", content: "first" }]);
    await python.do({ op: "setEntry", key: "from/python", content: "second" });
    for await (const event of events) {
      if (event.kind !== "insertRemote") continue;
      expect(event.entry).toMatchObject({ keyText: "from/python", author });
      break;
    }
    const text = () => textOf(doc, "from/python").catch(() => undefined);
    await expect.poll(text, patient).toBe("second");
  });

  test("downloads the contents that a policy selects, in both directions", async () => {
    const { ticket } = (await python.do({ op: "createDoc", mode: "write" })) as {
      readonly ticket: string;
    };
    await python.do({ op: "setEntry", key: "keep/1", content: "wanted" });
    await python.do({ op: "setEntry", key: "skip/1", content: "unwanted" });
    const policy = { download: "nothing", except: [{ prefix: "keep/" }] } as const;
    const doc = await docsOf(node).join(ticket, { policy, waitFor: "content" });
    expect(await textOf(doc, "keep/1")).toBe("wanted");
    expect(await doc.get("skip/1")).toMatchObject({ sizeBytes: 8 });
    await expect(textOf(doc, "skip/1")).rejects.toMatchObject({ code: "missing" });

    await python.do({ op: "setPolicy", mode: "nothing_except", prefixes: ["keep/"] });
    await doc.set("skip/2", "not for Python");
    await doc.set("keep/2", "for Python");
    const contentOf = async (prefix: string): Promise<unknown> =>
      ((await python.do({ op: "queryEntries", prefix })) as { content: unknown }[])[0]?.content;
    await expect.poll(() => contentOf("keep/2"), patient).toBe("for Python");
    expect(await contentOf("skip/2")).toBeNull();
  });

  test("can only read a document by a ticket to read, and sees deletions", async () => {
    const doc = await docsOf(node).create();
    await doc.set("a/1", "content");
    await doc.set("b", "stays");
    await python.do({ op: "joinDoc", ticket: await doc.share() });
    const query = { op: "queryEntries", prefix: "" };
    const keys = async () => ((await python.do(query)) as { key: string }[]).map(({ key }) => key);
    await expect.poll(keys, patient).toEqual(expect.arrayContaining(["a/1", "b"]));
    await expect(python.do({ op: "setEntry", key: "c", content: "no" })).rejects.toThrow();
    await doc.delete("a/");
    await expect.poll(keys, patient).toEqual(["b"]);
  });
});
