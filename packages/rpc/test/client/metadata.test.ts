import { inspect } from "node:util";
import { defineService, implement, Metadata, RpcError, StatusCode, unary } from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { encodeFrame } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { type PairKind, ways } from "../support/pairs.ts";
import { Probe, probe, Text } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import { joined, json, statusOf, text } from "../support/raw-say.ts";

test("metadata print their pairs, without secrets", () => {
  const metadata = Metadata.from([
    ["tenant", "acme"],
    ["hop", "1"],
    ["hop", "2"],
    ["author", "Ada"],
    ["__proto__", "odd"],
    ["Authorization", "Bearer abc"],
    ["x-api-key", "abc"],
    ["session_id", "abc"],
    ["authToken-bin", new Uint8Array(3)],
  ]);
  const json = JSON.parse(JSON.stringify({ metadata })).metadata;
  expect(json).toMatchObject({ tenant: "acme", hop: ["1", "2"], author: "Ada" });
  expect(json.Authorization).toBe("[hidden]");
  const shown = inspect(metadata);
  expect(shown).toMatch(/^Metadata \{\s+tenant: 'acme',\s+hop: \[ '1', '2' \]/);
  for (const text of [JSON.stringify(json), shown, `${metadata}`]) {
    expect(text).toContain("acme");
    expect(text).toContain("odd");
    expect(text).not.toMatch(/abc|AAAA/);
  }
  expect(inspect(Metadata.empty)).toBe("Metadata {}");
});

describe("Metadata", () => {
  const metadata = Metadata.from([
    ["a", "1"],
    ["b", "2"],
    ["a", "3"],
  ]);

  test("keeps order and repeated keys, and gives the last value of one", () => {
    expect([...metadata]).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
    ]);
    expect(metadata.get("a")).toBe("3");
    expect(metadata.getAll("a")).toEqual(["1", "3"]);
    expect(metadata.has("b")).toBe(true);
    expect(metadata.get("c")).toBe(undefined);
    expect(metadata.size).toBe(3);
    expect([...metadata.keys()]).toEqual(["a", "b", "a"]);
    expect([...metadata.values()]).toEqual(["1", "2", "3"]);
    const visited: string[] = [];
    metadata.forEach((value, key) => {
      visited.push(key + value);
    });
    expect(visited).toEqual(["a1", "b2", "a3"]);
  });

  test("is immutable", () => {
    for (const pair of metadata) pair[1] = "changed";
    expect(metadata.get("b")).toBe("2");
    expect(metadata.with("c", "4").size).toBe(4);
    expect(metadata.size).toBe(3);
  });

  test("can be made from records, maps and pairs", () => {
    const pairs = [["__proto__", "p"]];
    expect([...Metadata.from(JSON.parse('{"__proto__":"p"}'))]).toEqual(pairs);
    expect([...Metadata.from(new Map([["__proto__", "p"]]))]).toEqual(pairs);
    expect(Metadata.from(metadata)).toBe(metadata);
    expect(Metadata.from({}).size).toBe(0);
  });

  test("keeps bytes as base64 under keys that end in -bin, and decodes them", () => {
    const bytes = Uint8Array.of(0, 255, 0xab);
    const binary = Metadata.from([
      ["a-bin", bytes],
      ["a-bin", "AP+r"],
      ["a-bin", new Uint8Array(0)],
      ["b-bin", "q6s"],
    ]);
    expect(binary.getAll("a-bin")).toEqual(["AP+r", "AP+r", ""]);
    expect(binary.getAllBytes("a-bin")).toEqual([bytes, bytes, new Uint8Array(0)]);
    expect(binary.getBytes("b-bin")).toEqual(Uint8Array.of(0xab, 0xab));
    expect(binary.getBytes("c-bin")).toBe(undefined);
    expect(binary.with("b-bin", bytes).getBytes("b-bin")).toEqual(bytes);
    expect(() => metadata.getBytes("a")).toThrow(/-bin/);
  });

  test.each([
    { a: 1 },
    { a: undefined },
    { "": "x" },
    [[1, "x"]],
    { a: Uint8Array.of(1) },
    { "a-bin": "no base64!" },
    { "a-bin": "abcde" },
    { a: "\ud800" },
  ])("is not made from %j", (init) => {
    expect(() => Metadata.from(init as never)).toThrow(RpcError);
  });
});

const Binary = defineService("Binary", {}, { read: unary(Text, Text) });
const binary = implement(Binary, {
  read: ({ text }, { metadata }) => ({ text: String(metadata.getBytes(text)) }),
});

test("a value of a peer under -bin that is not base64 is an error when it is read as bytes", async () => {
  await using pair = await rawPair(new Server({ services: [binary, probe()] }));
  for (const [service, method, code] of [
    ["Binary", "read", StatusCode.INVALID_ARGUMENT],
    ["Probe", "echo", StatusCode.OK],
  ] as const) {
    const metadata = { metadataKeys: ["x-bin"], metadataValues: ["no!"] };
    const header = json({ service, method, version: 1, ...metadata });
    const message = encodeFrame(0, text({ text: "x-bin" }));
    const answer = await new RawCall(pair.raw).send(joined(header, message), true).answer();
    expect([service, statusOf(answer).code]).toEqual([service, code]);
  }
});

const Both = defineService("Both", { scoped: "session" }, { both: unary(Text, Text) });

async function scoped(pair: PairKind, mode: "xlang" | "json") {
  const both = implement(Both, () => ({
    both: ({ text }, { metadata }) => ({ text: JSON.stringify({ text, metadata: [...metadata] }) }),
  }));
  const opened = await pair.open({ services: [probe(), both] });
  return { opened, session: await opened.session(Both, { serialization: mode }) };
}

describe.each(ways)("$title", ({ pair, mode }) => {
  test("arrives unchanged", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { serialization: mode });
    const pairs = [
      ["trace-id", "abc123"],
      ["söng", "日本 ☺"],
      ["trace-id", ""],
      ["__proto__", "x"],
    ] as const;
    const seen = JSON.parse((await client.context({}, { metadata: pairs })).text);
    expect(seen.metadata).toEqual(pairs);
    expect(JSON.parse((await client.context({})).text).metadata).toEqual([]);
    const text = "x".repeat(5000);
    expect(await client.echo({ text }, { metadata: { a: "b" } })).toEqual({ text });
  });

  test("does not overwrite the request, however large either is", async () => {
    const sessions = await scoped(pair, mode);
    await using opened = sessions.opened;
    const shared = opened.client(Probe, { serialization: mode });
    for (const [chars, textChars] of [
      [10, 9000],
      [4000, 10],
      [4000, 9000],
    ] as const) {
      const metadata = { first: "m".repeat(chars), second: "n".repeat(chars) };
      const text = "x".repeat(textChars);
      expect(await shared.echo({ text }, { metadata })).toEqual({ text });
      const seen = JSON.parse((await sessions.session.both({ text }, { metadata })).text);
      expect(seen).toEqual({ text, metadata: Object.entries(metadata) });
    }
  });

  test("bytes arrive unchanged", async () => {
    const bytes = Uint8Array.of(0xab, 0xab, 0xab);
    await using opened = await pair.open({ services: [binary] });
    const client = opened.client(Binary, { serialization: mode });
    const { text } = await client.read({ text: "x-bin" }, { metadata: { "x-bin": bytes } });
    expect(text).toBe("171,171,171");
  });

  test("refuses metadata over a limit before it is sent, in every pattern", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { serialization: mode });
    const metadata = { k: "v".repeat(4097) };
    const calls = [
      client.echo({}, { metadata }),
      client.count({ n: 1 }, { metadata }).next(),
      client.sum([], { metadata }),
      client.chat([], { metadata }).next(),
    ];
    for (const call of calls) {
      const error = await call.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: StatusCode.RESOURCE_EXHAUSTED });
    }
  });
});
