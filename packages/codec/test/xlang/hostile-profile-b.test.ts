import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CodecError,
  createCodec,
  createTypeScope,
  decimal,
  type EngineChoice,
  type WireType,
  wireType,
} from "../../src/index.ts";
import { anyTypedValue } from "../support/arbitrary.ts";
import { bytesOf, hexOf } from "../support/fixture.ts";
import fc from "../support/property.ts";

const engines: readonly EngineChoice[] = ["closures", "generated"];
const scope = createTypeScope();
const Inner = wireType("hostile/Inner", { a: z.int(), b: z.string() }, { scope, refs: true });
const Cat = wireType("hostile/Cat", { kind: z.literal("cat") }, { scope });
const Dog = wireType("hostile/Dog", { kind: z.literal("dog"), n: z.int() }, { scope });
const Full = wireType(
  "hostile/Full",
  {
    one: Inner,
    same: Inner,
    many: z.array(Inner.nullable()),
    by: z.record(z.string(), Inner),
    union: z.array(z.discriminatedUnion("kind", [Cat, Dog])),
    any: z.any(),
    maybe: z.date().optional(),
    price: decimal(),
    numbers: z.instanceof(Float32Array),
    flags: z.map(z.int32(), z.boolean()),
  },
  { scope },
);
const Less = wireType(
  "hostile/Full",
  { price: z.string(), extra: z.int() },
  { scope: createTypeScope() },
);
const inner = { a: 1, b: "b" };
const full = {
  one: inner,
  same: inner,
  many: [inner, null],
  by: { k: inner },
  union: [{ kind: "cat" as const }, { kind: "dog" as const, n: 1 }],
  any: [1, "two", { three: [3.5] }],
  maybe: new Date(5),
  price: "1.5",
  numbers: Float32Array.of(1),
  flags: new Map([[1, true]]),
};

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

/** Decoding may succeed or throw a CodecError, nothing else. */
function survives(run: () => unknown): void {
  try {
    run();
  } catch (reason) {
    if (!(reason instanceof CodecError)) throw reason;
    expect(["data", "mismatch", "limit"]).toContain(reason.code);
  }
}

describe.each(engines)("%s", (engine) => {
  const codec = createCodec({ engine, profile: "B" });
  const readers: readonly WireType[] = [Full, Less];

  test("refuses a message that is cut at any byte, and stays usable", () => {
    const bytes = codec.encode(Full, full);
    expect(codec.decode(Full, bytes)).toEqual(full);
    for (const reader of readers) {
      for (let end = 0; end < bytes.length; end++) {
        const error = failure(() => codec.decode(reader, bytes.subarray(0, end)));
        expect(["data", "mismatch"]).toContain(error.code);
      }
    }
    expect(codec.decode(Full, bytes)).toEqual(full);
  });

  test("decodes or refuses a message with any byte changed", () => {
    const bytes = codec.encode(Full, full);
    for (const reader of readers) {
      for (let at = 0; at < bytes.length; at++) {
        for (let bit = 1; bit < 256; bit <<= 1) {
          const changed = bytes.slice();
          changed[at] = (changed[at] ?? 0) ^ bit;
          survives(() => codec.decode(reader, changed));
        }
      }
    }
    expect(codec.decode(Full, bytes)).toEqual(full);
  });

  test("any type and value round-trips", () => {
    fc.assert(
      fc.property(anyTypedValue, ({ type, value }) => {
        const bytes = codec.encode(type, value);
        expect(codec.decode(type, bytes)).toEqual(value);
        const other = engine === "closures" ? "generated" : "closures";
        expect(createCodec({ engine: other, profile: "B" }).encode(type, value)).toEqual(bytes);
      }),
      { numRuns: 150 },
    );
  });

  const Text = wireType("hostile/TextB", { v: z.string() });
  const good = hexOf(codec.encode(Text, { v: "" }));

  test.each([
    ["a null", "01fd", /holds null/],
    ["no flag", "0105", /reference where the message begins/],
    ["a reference", "01fe00", /reference where the message begins/],
    ["out of band buffers", "03ff1e", /holds null|first byte/],
    ["a definition never given", "01ff1e05", /unknown definition 2/],
    ["a definition out of turn", "01ff1e04", /definition 2 where 0 comes next/],
    ["a huge definition", `01ff1e00ff${"00".repeat(7)}ffff7f`, /a definition of/],
    ["a definition with a wrong hash", `01ff1e0002${"00".repeat(7)}e000`, /hash/],
    ["a compressed definition", `01ff1e000201${"00".repeat(6)}e000`, /compressed/],
    ["a type by number", "01ff1b05", /expected, the message holds number 5/],
    ["text", "01ff1504", /type id 21 found/],
  ])("%s is refused", (_, hex, text) => {
    expect(failure(() => codec.decode(Text, bytesOf(hex))).message).toMatch(text);
    expect(codec.decode(Text, bytesOf(good))).toEqual({ v: "" });
  });

  test("names another type, and refuses trailing bytes", () => {
    const error = failure(() => codec.decode(Text, codec.encode(Cat, { kind: "cat" })));
    expect(error).toMatchObject({ code: "mismatch" });
    expect(error.message).toMatch(/hostile\/TextB expected, the message holds hostile\/Cat/);
    expect(failure(() => codec.decode(Text, bytesOf(`${good}00`)))).toMatchObject({ code: "data" });
  });

  test("names an option that a union does not have", () => {
    const make = (...options: readonly [typeof Cat | typeof Dog, ...(typeof Cat | typeof Dog)[]]) =>
      wireType("hostile/Union", { v: z.union(options) }, { scope: createTypeScope() });
    const [Both, One] = [make(Cat, Dog), make(Cat, Cat)];
    const bytes = codec.encode(Both, { v: { kind: "dog", n: 1 } });
    const error = failure(() => codec.decode(One, bytes));
    expect(error).toMatchObject({ code: "mismatch" });
    expect(error.message).toMatch(/hostile\/Dog is not an option/);
    // the number of an option may differ: its definition identifies it
    expect(codec.decode(make(Dog, Cat), bytes)).toEqual({ v: { kind: "dog", n: 1 } });
  });

  test("limits structs without fields, which take no bytes", () => {
    const Empty = wireType("hostile/Empty", {}, { scope: createTypeScope() });
    const List = wireType("hostile/Empties", { v: z.array(Empty) }, { scope: createTypeScope() });
    const value = { v: Array.from({ length: 5_000 }, () => ({})) };
    expect(codec.decode(List, codec.encode(List, value))).toEqual(value);
    const bytes = hexOf(codec.encode(List, { v: [{}] }));
    const at = bytes.lastIndexOf("01081e02");
    const many = bytesOf(`${bytes.slice(0, at)}ffffff03${bytes.slice(at + 2)}`);
    expect(failure(() => codec.decode(List, many))).toMatchObject({ code: "data" });
  });

  test("treats keys that objects inherit as data", () => {
    const Keys = wireType("hostile/KeysB", { m: z.record(z.string(), Inner), a: z.any() });
    const names = ["__proto__", "constructor", "prototype", "toString"];
    const m = Object.fromEntries(names.map((name) => [name, { a: 1, b: name }]));
    const back = codec.decode(Keys, codec.encode(Keys, { m, a: m }));
    expect(Object.keys(back.m)).toEqual(names);
    expect(back).toEqual({ m, a: m });
    expect(({} as Record<string, unknown>).b).toBeUndefined();
  });
});
