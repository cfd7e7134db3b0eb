import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  bytes as binary,
  CodecError,
  createCodec,
  createTypeScope,
  type EngineChoice,
  wireType,
} from "../src/index.ts";
import { anyTypedValue } from "./support/arbitrary.ts";
import { hexOf } from "./support/fixture.ts";
import fc from "./support/property.ts";

const engines: readonly EngineChoice[] = ["closures", "generated"];
const both = engines.map((engine) => createCodec({ engine }));
const Point = wireType("codec/Point", {
  x: z.number(),
  y: z.number(),
  label: z.string().default("here"),
});

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

test("round-trips random values of random types with equal bytes from both engines", () => {
  fc.assert(
    fc.property(anyTypedValue, ({ type, value }) => {
      const [first, second] = both.map((codec) => codec.encode(type, value));
      expect(hexOf(second as Uint8Array)).toBe(hexOf(first as Uint8Array));
      for (const codec of both) expect(codec.decode(type, first as Uint8Array)).toEqual(value);
    }),
    { numRuns: 300 },
  );
});

test("both engines agree about random bytes behind a valid head", () => {
  fc.assert(
    fc.property(anyTypedValue, fc.uint8Array({ maxLength: 60 }), ({ type, value }, noise) => {
      const good = both[0]?.encode(type, value) as Uint8Array;
      const cut = Math.min(good.length, 14 + (noise[0] ?? 0));
      const bytes = Uint8Array.from([...good.subarray(0, cut), ...noise]);
      const [one, two] = both.map((codec) => {
        try {
          return { value: codec.decode(type, bytes) };
        } catch (reason) {
          return { error: String(reason) };
        }
      });
      expect(two).toEqual(one);
    }),
    { numRuns: 300 },
  );
});

describe.each(engines)("%s", (engine) => {
  const codec = createCodec({ engine });

  test("binds a type once", () => {
    expect(codec.type(Point)).toBe(codec.type(Point));
    expect(failure(() => codec.type(z.object({}) as never))).toMatchObject({ code: "type" });
  });

  test("writes defaults for missing keys", () => {
    const decoded = codec.decode(Point, codec.encode(Point, { x: 1, y: 2 }));
    expect(decoded).toStrictEqual({ x: 1, y: 2, label: "here" });
    const Lists = wireType("codec/Lists", { items: z.array(z.string()).default(() => ["a"]) });
    expect(codec.decode(Lists, codec.encode(Lists, {}))).toEqual({ items: ["a"] });
  });

  test("decodes absent optionals as undefined and absent nullables as null", () => {
    const Maybe = wireType("codec/Maybe", {
      a: z.string().optional(),
      b: z.string().nullable(),
      c: z.array(z.string().nullable()),
      d: z.array(z.string().optional()),
    });
    const encoded = codec.encode(Maybe, { b: null, c: ["x", null], d: [undefined, "y"] });
    expect(codec.decode(Maybe, encoded)).toStrictEqual({
      a: undefined,
      b: null,
      c: ["x", null],
      d: [undefined, "y"],
    });
  });

  test("writes into a buffer and returns the size", () => {
    const encoded = codec.encode(Point, { x: 1, y: 2, label: "zürich" });
    const buffer = new Uint8Array(encoded.length + 10).fill(7);
    expect(codec.encodeInto(Point, { x: 1, y: 2, label: "zürich" }, buffer, 5)).toBe(
      encoded.length,
    );
    expect(hexOf(buffer.subarray(5, 5 + encoded.length))).toBe(hexOf(encoded));
    expect([...buffer.subarray(0, 5)]).toEqual([7, 7, 7, 7, 7]);
    expect([...buffer.subarray(5 + encoded.length)]).toEqual([7, 7, 7, 7, 7]);
    for (let size = 0; size < encoded.length; size++) {
      const small = new Uint8Array(size);
      const error = failure(() =>
        codec.encodeInto(Point, { x: 1, y: 2, label: "zürich" }, small, 0),
      );
      expect(error).toMatchObject({ code: "space" });
    }
    const exact = new Uint8Array(encoded.length);
    expect(codec.encodeInto(Point, { x: 1, y: 2, label: "zürich" }, exact, 0)).toBe(encoded.length);
    expect(hexOf(exact)).toBe(hexOf(encoded));
    expect(failure(() => codec.encodeInto(Point, { x: 1, y: 2 }, buffer, -1))).toMatchObject({
      code: "space",
    });
    expect(failure(() => codec.encodeInto(Point, { x: "1" } as never, buffer, 0))).toMatchObject({
      code: "value",
    });
  });

  test("keeps a shared view valid until the next message", () => {
    const bound = codec.type(Point);
    const owned = bound.encode({ x: 1, y: 2 });
    const shared = bound.encodeShared({ x: 1, y: 2 });
    expect(hexOf(shared)).toBe(hexOf(owned));
    const copy = shared.slice();
    bound.encodeShared({ x: 3, y: 4 });
    expect(hexOf(owned)).toBe(hexOf(copy));
  });

  test("decodes values without views of the bytes", () => {
    const Blob = wireType("codec/Blob", {
      data: z.instanceof(Uint8Array),
      numbers: z.instanceof(Float64Array),
    });
    const value = { data: Uint8Array.of(1, 2, 3), numbers: Float64Array.of(1.5) };
    const message = Buffer.from(codec.encode(Blob, value));
    const decoded = codec.decode(Blob, message);
    message.fill(0xff);
    expect(decoded).toStrictEqual(value);
  });

  test("reads from the middle of a larger buffer", () => {
    const encoded = codec.encode(Point, { x: 1, y: 2 });
    const large = new Uint8Array(200).fill(9);
    large.set(encoded, 77);
    expect(codec.decode(Point, large.subarray(77, 77 + encoded.length))).toEqual({
      x: 1,
      y: 2,
      label: "here",
    });
  });

  test("encodes inside a getter that encodes", () => {
    const Outer = wireType("codec/Outer", {
      inner: binary(),
      point: Point,
      again: Point,
    });
    const point = { x: 1, y: 2, label: "p" };
    const value = {
      get inner() {
        return codec.encode(Outer, { inner: Uint8Array.of(1), point, again: point });
      },
      point,
      again: point,
    };
    const decoded = codec.decode(Outer, codec.encode(Outer, value));
    expect(codec.decode(Outer, decoded.inner)).toEqual({
      inner: Uint8Array.of(1),
      point,
      again: point,
    });
    expect(decoded.again).toEqual(point);
  });

  test("supports recursive types", () => {
    const Tree = wireType("codec/Tree", {
      value: z.int(),
      get children() {
        return z.array(Tree);
      },
      get parent() {
        return Tree.optional();
      },
    });
    const leaf = { value: 3, children: [], parent: undefined };
    const tree = {
      value: 1,
      children: [{ value: 2, children: [leaf], parent: leaf }],
      parent: undefined,
    };
    expect(codec.decode(Tree, codec.encode(Tree, tree))).toEqual(tree);
  });

  test("decodes instances of classes", () => {
    class Vector {
      readonly x: number;
      constructor(x: number) {
        this.x = x;
      }
      doubled(): number {
        return this.x * 2;
      }
    }
    const Vec = wireType("codec/Vector", { x: z.number() }, { class: Vector });
    const decoded = codec.decode(Vec, codec.encode(Vec, new Vector(4)));
    expect(decoded).toBeInstanceOf(Vector);
    expect((decoded as Vector).doubled()).toBe(8);
    const Holder = wireType("codec/Holder", { any: z.any() });
    expect(
      codec.decode(Holder, codec.encode(Holder, { any: [new Vector(5)] })).any[0],
    ).toBeInstanceOf(Vector);
  });

  test("distinguishes the options of unions by a literal, by keys or by class", () => {
    const Cat = wireType("codec/Cat", { kind: z.literal("cat"), lives: z.int() });
    const Dog = wireType("codec/Dog", { kind: z.literal("dog"), good: z.boolean() });
    const Zoo = wireType("codec/Zoo", {
      first: z.discriminatedUnion("kind", [Cat, Dog]),
      all: z.array(z.union([Cat, Dog])),
      named: z.record(z.string(), z.union([Cat, Dog])),
      maybe: z.union([Cat, Dog]).optional(),
    });
    const cat = { kind: "cat" as const, lives: 9 };
    const dog = { kind: "dog" as const, good: true };
    for (const all of [[cat, dog, cat], [cat, cat], [dog], []]) {
      const value = { first: dog, all, named: { a: cat, b: dog, c: dog }, maybe: cat };
      expect(codec.decode(Zoo, codec.encode(Zoo, value))).toEqual(value);
    }
    const bad = { first: { kind: "cow" }, all: [], named: {} } as never;
    expect(failure(() => codec.encode(Zoo, bad)).message).toMatch(
      /codec\/Zoo\.first: kind is "cow"/,
    );

    const Circle = wireType("codec/Circle", { radius: z.number() });
    const Square = wireType("codec/Square", { side: z.number(), name: z.string().optional() });
    const Shape = wireType("codec/Shape", { shape: z.union([Circle, Square]) });
    for (const shape of [{ radius: 1 }, { side: 2, name: undefined }, { side: 2, name: "s" }]) {
      expect(codec.decode(Shape, codec.encode(Shape, { shape }))).toEqual({ shape });
    }
    expect(failure(() => codec.encode(Shape, { shape: { other: 1 } as never })).message).toMatch(
      /fits none/,
    );
  });

  test("keeps the types of values of any type", () => {
    const Any = wireType("codec/Any", { v: z.any() });
    for (const v of [
      null,
      0,
      -1,
      1.5,
      -0,
      Number.NaN,
      2 ** 60,
      -(2n ** 62n),
      "text",
      true,
      [],
      [1, "a", null, [true, { a: 1 }]],
      [null, null],
      {},
      { a: 1, b: "c", d: null, e: { f: [1.5] } },
      new Map<unknown, unknown>([
        [1, "a"],
        ["b", 2],
        [true, null],
      ]),
      new Set([1, 2]),
      new Date(5),
      Uint8Array.of(1),
      Int32Array.of(-1),
      JSON.parse('{"__proto__": {"polluted": true}, "then": 1, "constructor": null}'),
    ]) {
      expect(codec.decode(Any, codec.encode(Any, { v })).v).toEqual(v);
    }
    expect(codec.decode(Any, codec.encode(Any, { v: undefined })).v).toBe(null);
    expect(codec.decode(Any, codec.encode(Any, { v: 5n })).v).toBe(5);
    for (const v of [() => 1, Symbol("s"), new (class Foo {})(), 2n ** 64n]) {
      expect(failure(() => codec.encode(Any, { v }))).toMatchObject({ code: "value" });
    }
  });

  test.each<[string, z.core.$ZodType, unknown, RegExp]>([
    ["a missing field", z.string(), undefined, /codec\/Bad\.v: is missing/],
    ["null", z.string(), null, /expected a string, got null/],
    ["a string for a number", z.number(), "1", /expected a number, got string/],
    ["a fraction", z.int(), 1.5, /expected an integer/],
    ["an integer beyond 2^53", z.int(), 2 ** 53, /z\.int64\(\)/],
    ["int32 overflow", z.int32(), 2 ** 31, /outside varint32/],
    ["a negative uint32", z.uint32(), -1, /outside var_uint32/],
    ["a number for a bigint", z.int64(), 1, /expected a bigint/],
    ["int64 overflow", z.int64(), 2n ** 63n, /outside int64/],
    ["a negative uint64", z.uint64(), -1n, /outside uint64/],
    ["text for bytes", z.instanceof(Uint8Array), "AA==", /Uint8Array/],
    ["text for a date", z.date(), "2026", /expected a valid Date/],
    ["an unknown enum value", z.enum(["a", "b"]), "c", /"c" is not one of "a", "b"/],
    ["an object for an array", z.array(z.string()), {}, /expected an array, got Object/],
    [
      "a bad element",
      z.array(z.array(z.string())),
      [[], ["a", 1]],
      /codec\/Bad\.v\[1\]\[1\]: expected a string/,
    ],
    ["a null element", z.array(z.string()), [null], /v\[0\]: expected a string, got null/],
    ["an array for a record", z.record(z.string(), z.int()), [], /expected an object, got array/],
    [
      "a bad value of a record",
      z.record(z.string(), z.int()),
      { a: 1, b: "x" },
      /v\["b"\]: expected an integer/,
    ],
    ["an undefined value of a record", z.record(z.string(), z.int()), { a: undefined }, /v\["a"\]/],
    ["an object for a Map", z.map(z.string(), z.int()), {}, /expected a Map/],
    ["an array for a Set", z.set(z.int()), [1], /expected a Set/],
    ["a bad nested value", Point, { x: 1, y: "2" }, /codec\/Bad\.v\.y: expected a number/],
    ["a lone surrogate", z.string(), "a\ud800b", /lone surrogate/],
    ["a long lone surrogate", z.string(), `${"a".repeat(100)}\udc00`, /lone surrogate/],
    ["another typed array", z.instanceof(Float64Array), Int8Array.of(1), /Float64Array/],
    ["an object with valueOf", z.int(), { valueOf: () => 1 }, /expected an integer/],
  ])("refuses %s with its path", (_, schema, v, text) => {
    const type = wireType("codec/Bad", { v: schema }, { scope: createTypeScope() });
    const error = failure(() => codec.encode(type, { v } as never));
    expect(error).toMatchObject({ name: "CodecError", code: "value" });
    expect(error.message).toMatch(text);
    expect(error.path).toMatch(/^codec\/Bad\.v/);
  });

  test.each([undefined, null, 1, "x", true])("refuses %s as a whole message", (value) => {
    expect(failure(() => codec.encode(Point, value as never)).message).toMatch(
      /codec\/Point: expected an object/,
    );
  });

  test("keeps the error of a getter as the cause", () => {
    const cause = new RangeError("no");
    const value = {
      x: 1,
      get y(): number {
        throw cause;
      },
    };
    const error = failure(() => codec.encode(Point, value));
    expect(error).toMatchObject({ code: "value", path: "codec/Point.y", cause });
  });

  test("treats keys that JavaScript reserves as data", () => {
    const names = ["__proto__", "constructor", "then", "toString"];
    const Odd = wireType("codec/Odd", Object.fromEntries(names.map((name) => [name, z.string()])), {
      naming: "as-written",
    });
    const value = JSON.parse('{"__proto__":"a","constructor":"b","then":"c","toString":"d"}');
    const decoded = codec.decode(Odd, codec.encode(Odd, value));
    expect(Object.entries(decoded).sort()).toEqual(Object.entries(value).sort());
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    const Record = wireType("codec/Record", { v: z.record(z.string(), z.string()) });
    const records = codec.decode(Record, codec.encode(Record, { v: value })) as { v: object };
    expect(Object.hasOwn(records.v, "__proto__")).toBe(true);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});

test("encodes a type and its checked form in the same way", () => {
  const Inner = wireType("codec/Inner", { x: z.int() });
  const Pair = wireType("codec/Pair", { a: Inner.refine(() => true), b: Inner });
  const Plain = wireType("codec/Pair", { a: Inner, b: Inner });
  const value = { a: { x: 1 }, b: { x: 2 } };
  for (const codec of both) {
    expect(hexOf(codec.encode(Pair, value))).toBe(hexOf(codec.encode(Plain, value)));
    expect(
      codec.decode(
        Inner.refine(() => true),
        codec.encode(Inner, { x: 3 }),
      ),
    ).toEqual({ x: 3 });
  }
});

test("runs the example of the README", () => {
  const Order = wireType("shop/Order", {
    id: z.int(),
    customer: z.string(),
    lines: z.array(z.string()).default([]),
    paidAt: z.date().optional(),
  });
  const orders = createCodec().type(Order);
  expect(orders.decode(orders.encode({ id: 7, customer: "Ada" }))).toStrictEqual({
    id: 7,
    customer: "Ada",
    lines: [],
    paidAt: undefined,
  });
});

test("generates code by default, and obeys a forced choice", () => {
  for (const engine of ["auto", ...engines] as const) {
    expect(
      createCodec({ engine }).decode(Point, createCodec().encode(Point, { x: 1, y: 2 })),
    ).toEqual({
      x: 1,
      y: 2,
      label: "here",
    });
  }
});

test("createCodec refuses types without a wire form", () => {
  const Odd = z.object({ x: z.int() });
  expect(() => createCodec({ types: [Point, Odd] })).toThrow(/not a wire type/);
  expect(createCodec({ types: [Point] }).encode(Point, { x: 1, y: 2 })).toEqual(
    createCodec().encode(Point, { x: 1, y: 2 }),
  );
});
