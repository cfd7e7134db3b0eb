import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { bytes, createCodec, createTypeScope, typed, wireExt, wireType } from "../../src/index.ts";
import { rowCodec } from "../../src/row/index.ts";

const scope = createTypeScope();
const older = createTypeScope();
class Point {
  x = 0;
  parts: string[] = [];
}
class Money {
  readonly parts: number[];
  constructor(parts: number[]) {
    this.parts = parts;
  }
}
const Inner = wireType("def/Inner", { list: z.array(z.string()) }, { scope });
const Bound = wireType(
  "def/Point",
  { x: z.int(), parts: z.array(z.string()) },
  { scope, class: Point },
);
const Filled = wireType("def/Filled", { list: z.array(z.int()).default([]) }, { scope });
const money = wireExt("def/Money", {
  class: Money,
  form: z.array(z.int()),
  encode: (value) => value.parts,
  decode: (parts) => new Money(parts),
  scope,
});
const shared = { list: ["a"] };
const shape = {
  list: z.array(z.array(z.string())).default([["a"]]),
  map: z.map(z.string(), z.array(z.int())).default(new Map([["a", [1]]])),
  set: z.set(z.string()).default(new Set(["a"])),
  record: z.record(z.string(), z.array(z.int())).default({ a: [1] }),
  inner: Inner.default({ list: ["a"] }),
  bound: Bound.default(Object.assign(new Point(), { parts: ["a"] })),
  filled: Filled.prefault({}),
  raw: bytes().default(new Uint8Array([1])),
  buffer: bytes().default(Buffer.from([1])),
  when: z.date().default(new Date(0)),
  floats: z.instanceof(Float64Array).default(new Float64Array(1)),
  fromFunction: Inner.default(() => shared),
};
const any = {
  any: z.any().default({ deep: { list: [1], map: new Map([["k", { n: 1 }]]), set: new Set([1]) } }),
  anyDate: z.any().default(new Date(0)),
  anyBytes: z.unknown().default(new Uint8Array([1])),
};
const ext = { money: money.default(new Money([1])) };
const One = wireType("def/T", { id: z.int(), ...shape, ...any, ...ext }, { scope });
const Old = wireType("def/T", { id: z.int() }, { scope: older });

/** Changes every object inside a value. */
function spoil(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Date) value.setTime(99);
  else if (value instanceof Uint8Array || value instanceof Float64Array) value[0] = 99;
  else if (value instanceof Map) {
    for (const one of value.values()) spoil(one, seen);
    value.set("spoiled", "spoiled");
  } else if (value instanceof Set) value.add("spoiled");
  else {
    for (const one of Object.values(value)) spoil(one, seen);
    if (Array.isArray(value)) value.push("spoiled");
    else Object.assign(value, { spoiled: true });
  }
}

describe("a default is a new value in every message", () => {
  const native = createCodec({ mode: "native" });
  const b = createCodec({ profile: "B" });
  const json = createCodec({ mode: "json" });
  const jsonBytes = new TextEncoder().encode('{"id":1}');
  const Rows = wireType("def/Rows", { id: z.int(), ...shape }, { scope: createTypeScope() });
  const rows = rowCodec(Rows);
  const A = wireType("def/A", { id: z.int(), ...shape, ...any }, { scope: createTypeScope() });
  const a = createCodec();
  test.each<[string, () => unknown]>([
    ["profile A, filled in by the encoder", () => a.decode(A, a.encode(A, { id: 1 }))],
    ["profile B, filled in by the encoder", () => b.decode(One, b.encode(One, { id: 1 }))],
    ["profile B, of an older peer", () => b.decode(One, b.encode(Old, { id: 1 }))],
    ["native, filled in by the encoder", () => native.decode(One, native.encode(One, { id: 1 }))],
    ["native, of an older peer", () => native.decode(One, native.encode(Old, { id: 1 }))],
    ["json", () => json.decode(One, jsonBytes)],
    ["row", () => rows.decode(rows.encode({ id: 1 }))],
  ])("%s", (_, decode) => {
    const first = decode();
    const before = inspect(first, { depth: 9 });
    expect(first).toMatchObject({
      filled: { list: [] },
      inner: { list: ["a"] },
      when: new Date(0),
    });
    spoil(first);
    expect(inspect(decode(), { depth: 9 })).toBe(before);
  });

  test("the values that the schema was given stay as they are", () => {
    for (const codec of [b, native, json]) spoil(codec.decode(One, codec.encode(One, { id: 1 })));
    spoil(b.decode(One, b.encode(Old, { id: 1 })));
    expect(shared).toEqual({ list: ["a"] });
    expect(One.parse({ id: 1 })).toMatchObject({
      inner: { list: ["a"] },
      raw: new Uint8Array([1]),
    });
  });
});

test("a default function runs for every message", () => {
  let n = 0;
  const Count = wireType("def/Count", { n: z.int().default(() => ++n) }, { scope });
  const json = createCodec({ mode: "json" });
  const empty = new TextEncoder().encode("{}");
  expect([json.decode(Count, empty).n, json.decode(Count, empty).n]).toEqual([1, 2]);
});

test("the default of a bound class is an instance of it", () => {
  const json = createCodec({ mode: "json" });
  const value = json.decode(One, new TextEncoder().encode('{"id":1}'));
  expect(value.bound).toBeInstanceOf(Point);
  expect(value.money).toBeInstanceOf(Money);
});

test("a typed value in a default is copied with its value", () => {
  const any = z.any().default(typed(Inner, { list: ["a"] }));
  const Typed = wireType("def/Typed", { any }, { scope });
  const json = createCodec({ mode: "json" });
  const read = () => json.decode(Typed, new TextEncoder().encode("{}")).any.value;
  spoil(read());
  expect(read()).toEqual({ list: ["a"] });
});

test("a default keeps its cycles", () => {
  const loop: Record<string, unknown> = { name: "loop" };
  loop.self = loop;
  const Loop = wireType("def/Loop", { id: z.int(), any: z.any().default(loop) }, { scope });
  const json = createCodec({ mode: "json" });
  const { any } = json.decode(Loop, new TextEncoder().encode('{"id":1}')) as { any: typeof loop };
  expect(any).not.toBe(loop);
  // zod copied the first level
  const { self } = any as { self: typeof loop };
  expect(self).not.toBe(loop);
  expect(self.self).toBe(self);
});
