import { Metadata, RpcError, StatusCode } from "@aster/rpc";
import { describe, expect, test } from "vitest";
import { ways } from "./links.ts";
import { Probe, probe } from "./probe.ts";

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

  test("does not change", () => {
    for (const pair of metadata) pair[1] = "changed";
    expect(metadata.get("b")).toBe("2");
    expect(metadata.with("c", "4").size).toBe(4);
    expect(metadata.size).toBe(3);
  });

  test("is made from records, maps and pairs", () => {
    const pairs = [["__proto__", "p"]];
    expect([...Metadata.from(JSON.parse('{"__proto__":"p"}'))]).toEqual(pairs);
    expect([...Metadata.from(new Map([["__proto__", "p"]]))]).toEqual(pairs);
    expect(Metadata.from(metadata)).toBe(metadata);
    expect(Metadata.from({}).size).toBe(0);
  });

  test.each([{ a: 1 }, { a: undefined }, { "": "x" }, [[1, "x"]]])(
    "is not made from %j",
    (init) => {
      expect(() => Metadata.from(init as never)).toThrow(RpcError);
    },
  );
});

describe.each(ways)("$title", ({ link, mode }) => {
  test("arrives as it was sent", async () => {
    await using opened = await link.open({ services: [probe()] });
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

  test("over a limit is refused before it is sent, for every pattern", async () => {
    await using opened = await link.open({ services: [probe()] });
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
