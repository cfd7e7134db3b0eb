// Every mode in every pattern, the choice of the mode, and errors when there is none.
import { createTypeScope } from "@aster/codec";
import { rowCodec } from "@aster/codec/row";
import {
  bidiStream,
  createLocalClient,
  defineService,
  implement,
  SerializationMode,
  StatusCode,
  unary,
  wireType,
} from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { formsOnLinks } from "../support/forms.ts";
import { type Entry, entry, Ledger, ledger } from "../support/ledger.ts";
import { collect, failure } from "../support/outcomes.ts";
import { pairs } from "../support/pairs.ts";
import { Probe, probe } from "../support/probe.ts";

const entries = (count: number): Entry[] => Array.from({ length: count }, (_, n) => entry(n));

describe.each(formsOnLinks)("$title", ({ pair, options }) => {
  test("unary", async () => {
    await using opened = await pair.open({ services: [ledger] });
    const client = opened.client(Ledger, options);
    for (const n of [0, 1]) expect(await client.echo(entry(n))).toEqual(entry(n));
    const large = { ...entry(2), blob: new Uint8Array(300_000).fill(7), note: "x".repeat(9_000) };
    expect(await client.echo(large)).toEqual(large);
  });

  test("server stream", async () => {
    await using opened = await pair.open({ services: [ledger] });
    const client = opened.client(Ledger, options);
    expect(await collect(client.list(entry(300)))).toEqual(entries(300));
    expect(await collect(client.list(entry(0)))).toEqual([]);
  });

  test("client stream", async () => {
    await using opened = await pair.open({ services: [ledger] });
    const client = opened.client(Ledger, options);
    expect(await client.last(entries(300))).toEqual(entry(299));
    expect(await client.last([])).toEqual(entry(0));
  });

  test("bidi stream with a reply before the first request", async () => {
    await using opened = await pair.open({ services: [ledger] });
    const client = opened.client(Ledger, options);
    expect(await collect(client.chat(entries(300)))).toEqual(entries(300));
    expect(await collect(client.greet(entries(3)))).toEqual([entry(-1), ...entries(3)]);
    expect(await collect(client.greet([]))).toEqual([entry(-1)]);
  });

  test("a value that does not fit its type is INVALID_ARGUMENT", async () => {
    await using opened = await pair.open({ services: [ledger] });
    const client = opened.client(Ledger, options);
    const wrong = { ...entry(1), n: "1" as unknown as number };
    expect((await failure(client.echo(wrong))).code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(await client.echo(entry(1))).toEqual(entry(1));
  });
});

describe("views of rows", () => {
  test.each(pairs)("over $name", async (pair) => {
    const pairs = await servicePair({
      services: [ledger],
      transport: pair.name === "quic" ? "quic" : "memory",
    });
    await using _ = pairs;
    const server = new Server({ services: [ledger] });
    const client =
      pair.name === "local"
        ? createLocalClient(Ledger, server, { rows: "view" })
        : pairs.client.client(Ledger, { rows: "view" });
    const view = await client.echo(entry(4));
    const kept = [];
    for await (const one of client.list(entry(200))) kept.push(one);
    // the memory of their frames has been reused since
    expect(kept.map((one) => one.get("n"))).toEqual(entries(200).map(({ n }) => n));
    expect(kept.map((one) => one.toObject())).toEqual(entries(200));
    expect(view.get("id")).toBe(entry(4).id);
    expect(view.get("lines").at(-1)?.get("sku")).toBe("b");
    expect(view.toObject()).toEqual(entry(4));
    server.close();
  });

  test("of values that were passed without encoding", async () => {
    const server = new Server({ services: [ledger] });
    const client = createLocalClient(Ledger, server, { rows: "view", wireCompatible: false });
    expect((await client.echo(entry(4))).get("note")).toBe(entry(4).note);
    server.close();
  });

  test("refuse calls in another mode", async () => {
    await using pair = await servicePair({ services: [ledger] });
    const client = pair.client.client(Ledger, { rows: "view" });
    const error = await failure(client.echo(entry(1), { serialization: "json" }));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(error.message).toMatch(/rows: "view" calls in mode row, not json/);
  });
});

describe("the offer of a service", () => {
  test("has profile B beside XLANG, modes of methods, and JSON where XLANG is missing", async () => {
    const Text = wireType("offer/Text", { text: z.string() });
    const method = (serialization: SerializationMode | undefined) =>
      unary(Text, Text, serialization === undefined ? {} : { serialization });
    const define = (name: string, modes: SerializationMode[], own?: SerializationMode) =>
      implement(defineService(name, { serialization: modes }, { go: method(own) }), {
        go: (one: { text: string }) => one,
      } as never);
    await using pair = await servicePair({
      services: [
        define("Plain", ["xlang"]),
        define("All", ["native", "xlang", "json", "row"]),
        define("Rows", ["xlang"], "row"),
        define("Private", ["native"]),
        define("Text", ["json"], "xlang"),
      ],
    });
    const offered = pair.client.services.map((one) => [one.name, one.serializationModes]);
    expect(Object.fromEntries(offered)).toEqual({
      Plain: ["xlang", "xlang1"],
      All: ["native", "xlang", "xlang1", "json", "row"],
      Rows: ["xlang", "xlang1", "row"],
      Private: ["native", "json"],
      Text: ["json"],
    });
  });
});

describe("the mode of a call", () => {
  test("is that of the call, the client, the method, the service, in this order", async () => {
    await using pair = await servicePair({ services: [ledger] });
    const client = pair.client.client(Ledger);
    const native = pair.client.client(Ledger, { serialization: "native" });
    for (const serialization of Object.values(SerializationMode)) {
      expect(await client.echo(entry(3), { serialization })).toEqual(entry(3));
      expect(await native.text(entry(3), { serialization })).toEqual(entry(3));
      expect(await collect(client.list(entry(3), { serialization }))).toEqual(entries(3));
    }
  });

  test("is an error with both lists when the peer does not offer it", async () => {
    await using pair = await servicePair({ services: [probe()] });
    const client = pair.client.client(Probe);
    const before = pair.server.stats().callsTotal;
    for (const serialization of ["native", "row"] as const) {
      const error = await failure(client.echo({}, { serialization }));
      expect(error).toMatchObject({
        code: StatusCode.FAILED_PRECONDITION,
        details: { reason: "serialization.mismatch", ours: serialization, theirs: "xlang, xlang1" },
      });
      expect(error.message).toContain(
        `mode ${serialization}, but the peer offers only xlang, xlang1;`,
      );
      expect(await failure(client.count({ n: 1 }, { serialization }).next())).toMatchObject({
        code: StatusCode.FAILED_PRECONDITION,
      });
    }
    expect(pair.server.stats().callsTotal).toBe(before);
    expect(await client.echo({ text: "x" }, { serialization: "json" })).toEqual({ text: "x" });
  });

  test("is refused when it is unknown", async () => {
    await using pair = await servicePair({ services: [probe()] });
    const client = pair.client.client(Probe);
    const error = await failure(client.echo({}, { serialization: "xlang1" as "xlang" }));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(error.message).toMatch(/serialization must be xlang, native, row or json, got "xlang1"/);
  });

  test("is checked also when values are passed without encoding", async () => {
    const server = new Server({ services: [probe()] });
    const client = createLocalClient(Probe, server, { wireCompatible: false });
    const error = await failure(client.echo({}, { serialization: "native" }));
    expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
    expect(await client.echo({ text: "a" }, { serialization: "json" })).toEqual({ text: "a" });
    server.close();
  });
});

test("a type without a row form is refused when it is hosted", () => {
  const Loose = wireType("modes/Loose", { what: z.any() });
  const definition = defineService(
    "Loose",
    { serialization: ["xlang", "row"] },
    {
      go: unary(Loose, Loose),
    },
  );
  expect(() => rowCodec(Loose)).toThrow(/modes\/Loose\.what/);
  expect(() => new Server({ services: [implement(definition, { go: (one) => one })] })).toThrow(
    /modes\/Loose\.what/,
  );
});

describe("JSON", () => {
  test("has bytes as base64 and integers of any size, for clients and proxies", async () => {
    await using pair = await servicePair({ services: [ledger] });
    const reply = await pair.client.proxy("Ledger").echo?.({
      id: (1n << 62n) + 1n,
      n: 1,
      blob: "AP8B",
      at: "2023-11-14T22:13:20.001Z",
      lines: [],
      first: null,
    });
    expect(reply).toMatchObject({ id: (1n << 62n) + 1n, blob: "AP8B", note: "" });
    for (const blob of [Uint8Array.of(0, 255, 1), Buffer.from([0, 255, 1])]) {
      const at = "2023-11-14T22:13:20.001Z";
      const sent = { id: 1, n: 1, blob, at, lines: [{ sku: "a", count: 1 }] };
      expect(await pair.client.proxy("Ledger").echo?.(sent)).toMatchObject({ blob: "AP8B" });
    }
    const typed = pair.client.client(Ledger, { serialization: "json" });
    expect(await typed.echo(entry(1))).toEqual(entry(1));
  });
});

test.each(pairs)("a type without fields has rows without bytes, over $name", async (pair) => {
  const Nothing = wireType("modes/Nothing", {});
  const definition = defineService(
    "Nothing",
    { serialization: "row" },
    { go: unary(Nothing, Nothing), all: bidiStream(Nothing, Nothing) },
  );
  const served = implement(definition, {
    go: () => ({}),
    async *all(requests) {
      yield* requests;
    },
  });
  await using opened = await pair.open({ services: [served] });
  const client = opened.client(definition);
  expect(await client.go({})).toEqual({});
  expect(await collect(client.all([{}, {}, {}]))).toEqual([{}, {}, {}]);
});

test("profile B reads callers with an added or a missing field", async () => {
  const Old = wireType("evolving/Order", { sku: z.string() });
  const older = defineService("Orders", {}, { place: unary(Old, Old) });
  const New = wireType(
    "evolving/Order",
    { sku: z.string(), count: z.int().default(1) },
    { scope: createTypeScope() },
  );
  const later = defineService("Orders", {}, { place: unary(New, New) });
  await using pair = await servicePair({
    services: [implement(older, { place: ({ sku }) => ({ sku: `${sku}!` }) })],
  });
  const client = pair.client.client(later);
  expect(await client.place({ sku: "a", count: 2 })).toEqual({ sku: "a!", count: 1 });
  const plain = pair.client.client(later, { checkContract: false, profile: "A" });
  expect((await failure(plain.place({ sku: "a" }))).code).toBe(StatusCode.CONTRACT_VIOLATION);
});

test("profile B and NATIVE keep shared objects where the type asks for it", async () => {
  interface Node {
    name: string;
    next?: Node | undefined;
  }
  const Node: z.ZodType<Node, Node> = wireType(
    "modes/Node",
    {
      name: z.string(),
      get next() {
        return Node.optional();
      },
    },
    { refs: true },
  );
  const Ring = wireType("modes/Ring", { start: Node });
  const definition = defineService(
    "Rings",
    { serialization: ["xlang", "native"] },
    { turn: unary(Ring, Ring) },
  );
  const served = implement(definition, {
    turn: ({ start }) => ({ start: start.next ?? start }),
  });
  await using pair = await servicePair({ services: [served] });
  const one: Node = { name: "one" };
  one.next = { name: "two", next: one };
  for (const serialization of ["xlang", "native"] as const) {
    const { start } = await pair.client.client(definition, { serialization }).turn({ start: one });
    expect(start.name).toBe("two");
    expect(start.next?.next).toBe(start);
  }
  const plain = pair.client.client(definition, { profile: "A" });
  expect((await failure(plain.turn({ start: one }))).code).toBe(StatusCode.RESOURCE_EXHAUSTED);
});
