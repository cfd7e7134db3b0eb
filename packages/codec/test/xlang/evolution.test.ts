import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CodecError,
  createCodec,
  createTypeScope,
  date,
  decimal,
  type EngineChoice,
  float16,
  int8,
  taggedInt64,
  UnknownStruct,
  uint8,
  type WireType,
  wireType,
} from "../../src/index.ts";
import { bytesOf } from "../support/fixture.ts";

const engines: readonly EngineChoice[] = ["closures", "generated"];

/** Defines one version of a type, in a scope of its own. */
function version<S extends z.core.$ZodLooseShape>(shape: S) {
  return wireType("evolve/Thing", shape, { scope: createTypeScope() });
}

describe.each(engines)("%s", (engine) => {
  const codec = createCodec({ engine, profile: "B" });

  /** Often enough for the codec to generate code for the foreign version. */
  function trip(writer: WireType, value: unknown, reader: WireType): unknown {
    const bytes = codec.encode(writer, value as never);
    const first = codec.decode(reader, bytes);
    for (let i = 0; i < 70; i++) expect(codec.decode(reader, bytes)).toEqual(first);
    return first;
  }

  function refused(writer: WireType, value: unknown, reader: WireType): CodecError {
    try {
      trip(writer, value, reader);
    } catch (reason) {
      if (reason instanceof CodecError) return reason;
      throw reason;
    }
    throw new Error("nothing was refused");
  }

  test("reads added, removed and moved fields", () => {
    const Old = version({ name: z.string(), gone: z.array(z.int32()), count: z.int() });
    const New = version({
      count: z.int(),
      added: z.string().default("new"),
      maybe: z.boolean().optional(),
      perhaps: z.date().nullable(),
      name: z.string(),
      tags: z.set(z.string()),
      level: z.enum(["low", "high"]),
      big: z.int64(),
    });
    expect(trip(Old, { name: "a", gone: [1, 2], count: 3 }, New)).toEqual({
      count: 3,
      added: "new",
      maybe: undefined,
      perhaps: null,
      name: "a",
      tags: new Set(),
      level: "low",
      big: 0n,
    });
    const full = {
      count: 3,
      added: "x",
      perhaps: new Date(0),
      name: "b",
      tags: new Set(["t"]),
      level: "high",
      big: 1n,
    };
    expect(trip(New, full, Old)).toEqual({ name: "b", gone: [], count: 3 });
  });

  test("names a remedy for a missing field without a zero", () => {
    const error = refused(version({}), {}, version({ at: date() }));
    expect(error).toMatchObject({ code: "mismatch", path: "evolve/Thing.at" });
    expect(error.message).toMatch(/\.default\(\) or \.optional\(\)/);
  });

  test.each<readonly [string, z.core.$ZodType, unknown, z.core.$ZodType, unknown]>([
    ["a wider integer", int8(), -7, z.int64(), -7n],
    ["a narrower integer", z.int64(), 7n, uint8(), 7],
    ["a tagged integer", taggedInt64(), 7n, z.int(), 7],
    ["an integer as a float", z.int32(), 7, z.number(), 7],
    ["a float as an integer", z.number(), 7, z.int32(), 7],
    ["a wider float", z.float32(), 1.5, z.number(), 1.5],
    ["a narrower float", z.number(), 1.5, float16(), 1.5],
    ["a boolean as an integer", z.boolean(), true, z.int32(), 1],
    ["an integer as text", z.int(), -42, z.string(), "-42"],
    [
      "a float as text",
      z.number(),
      0.1,
      z.string(),
      "0.1000000000000000055511151231257827021181583404541015625",
    ],
    ["a whole float as text", z.number(), 2, z.string(), "2.0"],
    ["text as an integer", z.string(), "4.0", z.int(), 4],
    ["text as a boolean", z.string(), "true", z.boolean(), true],
    ["text as zero", z.string(), "-0", z.number(), -0],
    ["a decimal", decimal(), "-12.50", decimal(), "-12.50"],
    ["a decimal as text", decimal(), "-12.50", z.string(), "-12.5"],
    ["text as a decimal", z.string(), "1e2", decimal(), "100"],
    ["a number that may be null", z.int32().nullable(), 5, z.int32(), 5],
    ["a null that was allowed", z.int32().nullable(), null, z.int32(), 0],
    ["a number that may become null", z.int32(), 5, z.int32().nullable(), 5],
    [
      "dense numbers as a list",
      z.instanceof(Int32Array),
      Int32Array.of(1, -2),
      z.array(z.int32()),
      [1, -2],
    ],
    [
      "a list as dense numbers",
      z.array(z.int()),
      [1, -2],
      z.instanceof(BigInt64Array),
      BigInt64Array.of(1n, -2n),
    ],
    ["wider elements", z.array(z.int32()), [1, -2], z.array(z.int()), [1, -2]],
    ["values of any type, from one", z.string(), "a", z.any(), "a"],
    ["one type, from any", z.any(), "a", z.string(), "a"],
  ])("converted: %s", (_, from, value, to, expected) => {
    const result = trip(version({ v: from }), { v: value }, version({ v: to })) as { v: unknown };
    expect(result.v).toStrictEqual(expected);
  });

  test.each<readonly [string, z.core.$ZodType, unknown, z.core.$ZodType]>([
    ["too large", z.int(), 128, int8()],
    ["negative", z.int(), -1, uint8()],
    ["a fraction", z.number(), 1.5, z.int()],
    ["not exact", z.number(), 1.1, z.float32()],
    ["beyond 2^53", z.int64(), 2n ** 53n + 1n, z.number()],
    ["no number", z.string(), "007", z.int()],
    ["NaN", z.number(), Number.NaN, z.float32()],
    ["no boolean", z.int(), 2, z.boolean()],
    ["a list", z.array(z.string()), [], z.string()],
    ["a struct", version({}), {}, z.string()],
  ])("refused: %s", (_, from, value, to) => {
    const error = refused(version({ v: from }), { v: value }, version({ v: to }));
    expect(error).toMatchObject({ code: "mismatch", path: "evolve/Thing.v" });
  });

  test("reads other versions of structs inside", () => {
    const inner = (shape: z.core.$ZodLooseShape) => {
      const scope = createTypeScope();
      const Inner = wireType("evolve/Inner", shape, { scope });
      return wireType(
        "evolve/Outer",
        { one: Inner, many: z.array(Inner), by: z.record(z.string(), Inner) },
        { scope },
      );
    };
    const Old = inner({ a: z.int32() });
    const New = inner({ a: z.int(), b: z.string().default("b") });
    const value = { one: { a: 1 }, many: [{ a: 2 }, { a: 3 }], by: { k: { a: 4 } } };
    expect(trip(Old, value, New)).toEqual({
      one: { a: 1, b: "b" },
      many: [
        { a: 2, b: "b" },
        { a: 3, b: "b" },
      ],
      by: { k: { a: 4, b: "b" } },
    });
    expect(trip(New, value, Old)).toEqual(value);
  });

  test("skips fields of every type", () => {
    const Inner = version({ a: z.string() });
    const Full = wireType(
      "evolve/Full",
      {
        first: z.int32(),
        struct: Inner,
        structs: z.array(Inner.nullable()),
        by: z.map(z.int32(), Inner),
        union: z.discriminatedUnion("kind", [
          wireType("evolve/A", { kind: z.literal("a") }, { scope: createTypeScope() }),
          wireType("evolve/B", { kind: z.literal("b") }, { scope: createTypeScope() }),
        ]),
        any: z.any(),
        numbers: z.instanceof(Float64Array),
        when: z.date().nullable(),
        level: z.enum(["low", "high"]),
        price: decimal(),
        nested: z.array(z.record(z.string(), z.set(z.boolean()))),
        zz: z.string(),
      },
      { scope: createTypeScope() },
    );
    const Less = wireType(
      "evolve/Full",
      { first: z.int32(), zz: z.string() },
      { scope: createTypeScope() },
    );
    const value = {
      first: 1,
      struct: { a: "x" },
      structs: [{ a: "y" }, null],
      by: new Map([[1, { a: "z" }]]),
      union: { kind: "b" },
      any: [1, "two", { three: 3 }],
      numbers: Float64Array.of(1, 2),
      when: null,
      level: "high",
      price: "1.5",
      nested: [{ k: new Set([true]) }],
      zz: "end",
    };
    expect(trip(Full, value, Full)).toEqual(value);
    expect(trip(Full, value, Less)).toEqual({ first: 1, zz: "end" });
  });

  test("decodes a struct of an unknown type as an inert object", () => {
    const theirs = createTypeScope();
    class Secret {
      a = 1;
      b = "two";
    }
    const Known = wireType(
      "evolve/Known",
      { a: z.int(), b: z.string() },
      { scope: theirs, class: Secret },
    );
    const shape = { v: z.any(), list: z.array(z.any()) };
    const Theirs = wireType("evolve/Any", shape, { scope: theirs });
    const Ours = wireType("evolve/Any", shape, { scope: createTypeScope() });
    void Known;
    const value = trip(Theirs, { v: new Secret(), list: [new Secret(), 7] }, Ours) as {
      v: UnknownStruct;
      list: unknown[];
    };
    expect(value.v).toBeInstanceOf(UnknownStruct);
    expect(value.v.tag).toBe("evolve/Known");
    expect([...value.v.fields]).toEqual([
      ["a", 1],
      ["b", "two"],
    ]);
    expect(value.list).toEqual([value.v, 7]);
    expect(() => codec.encode(Ours, value as never)).toThrow(CodecError);
  });

  test("reads more versions than it keeps, in turn", () => {
    const Reader = version({ a: z.int() });
    const messages = Array.from({ length: 25 }, (_, i) =>
      codec.encode(version({ a: z.int(), [`extra${i}`]: z.int() }), {
        a: i,
        [`extra${i}`]: 1,
      } as never),
    );
    for (let round = 0; round < 3; round++) {
      messages.forEach((bytes, i) => {
        expect(codec.decode(Reader, bytes)).toEqual({ a: i });
      });
    }
  });

  test("reads profile A with definitions and references", () => {
    const scope = createTypeScope();
    const One = wireType("vec/One", { v: int8() }, { scope });
    const hex = "02ff1e000a4129678c61bd70210954820b39a44002547f";
    expect(codec.decode(One, bytesOf(hex))).toEqual({ v: 127 });
    expect(createCodec({ engine }).decode(One, bytesOf(hex))).toEqual({ v: 127 });
  });
});
