import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  boolArray,
  type CodecOptions,
  createCodec,
  createTypeScope,
  date,
  decimal,
  duration,
  float16Array,
  TypedValue,
  typed,
  wireEnum,
  wireExt,
  wireType,
} from "../../src/index.ts";
import { bytesOf, hexOf } from "../support/fixture.ts";

const scope = createTypeScope();
const Point = wireType("vec/Point", { x: z.int32(), y: z.int32() }, { scope });
const Other = wireType("vec/Other", { y: z.number() }, { scope });
const Color = wireEnum("vec/Color", ["RED", "GREEN"], { scope });

class Money {
  readonly amount: string;
  constructor(amount: string) {
    this.amount = amount;
  }
}
const money = (tag: string, id?: number) =>
  wireExt(tag, {
    class: Money,
    form: z.string(),
    encode: (value) => value.amount,
    decode: (amount) => new Money(amount),
    scope: createTypeScope(),
    ...(id !== undefined && { id }),
  });

const ways: readonly CodecOptions[] = (["closures", "generated"] as const).flatMap((engine) => [
  { engine, profile: "A" },
  { engine, profile: "A", refs: true, ids: true },
  { engine, profile: "B" },
  { engine, profile: "B", refs: true },
  { engine, profile: "B", compatible: false },
  { engine, profile: "B", compatible: false, refs: true },
]);
const points = [
  { x: 1, y: 2 },
  { x: 3, y: 4 },
];
const roots: readonly (readonly [string, z.ZodType, unknown])[] = [
  ["structs", z.array(Point), points],
  ["lists of lists", z.array(z.array(z.int32())), [[1], [], [2, 3]]],
  ["nulls", z.array(z.string().nullable()), [null, "a", null]],
  ["a number", z.int(), 7],
  ["a bigint", z.uint64(), 2n ** 63n],
  ["text", z.string(), "ü"],
  ["nothing", z.string().nullable(), null],
  ["a record", z.record(z.string(), Point), { a: { x: 1, y: 2 } }],
  ["a map", z.map(z.int(), z.array(z.boolean())), new Map([[5, [true]]])],
  ["a set", z.set(z.string()), new Set(["a", "b"])],
  ["an enum", z.enum(["low", "high"]), "high"],
  ["enums", z.array(z.enum({ a: 3, b: 9 })), [9, 3]],
  ["a named enum", Color, "GREEN"],
  ["a union", z.union([Point, Other]), { y: 1.5 }],
  ["unions", z.array(z.union([Point, Other])), [{ y: 1.5 }, { x: 1, y: 2 }]],
  ["an array", z.instanceof(Float64Array), Float64Array.of(1.5, -0)],
  ["booleans", boolArray(), [true, false]],
  ["half numbers", float16Array(), undefined],
  ["an own type", money("vec/MoneyRoot"), new Money("1.50")],
  ["own types", z.array(money("vec/MoneyList", 9)), [new Money("a"), new Money("b")]],
  ["anything", z.any(), [1, "a", null, { k: [true] }]],
];

describe.each(ways)("%o", (options) => {
  const codec = createCodec({ ...options, scope });
  const other = createCodec({ profile: options.profile === "A" ? "B" : "A", scope });

  test.each(roots)("%s as a message", (_, schema, given) => {
    const half = (globalThis as unknown as { readonly Float16Array?: typeof Float32Array })
      .Float16Array;
    const value = given === undefined ? (half ?? Float32Array).of(0.5) : given;
    expect(codec.decode(schema, codec.encode(schema, value))).toEqual(value);
    // the start of such a message does not tell that it has no definitions
    if (options.compatible !== false && !options.ids) {
      expect(other.decode(schema, codec.encode(schema, value))).toEqual(value);
    }
    expect(codec.decode(schema, codec.encode(schema, value))).toEqual(value);
  });

  test("a message carries its type, for readers without a schema", () => {
    const bytes = codec.encode(z.array(z.int32()), [1, 2]);
    expect(codec.decode(z.unknown(), bytes)).toEqual([1, 2]);
    expect(codec.decode(z.array(z.number()), bytes)).toEqual([1, 2]);
    expect(codec.decode(z.instanceof(Int32Array), bytes)).toEqual(Int32Array.of(1, 2));
    expect(() => codec.decode(z.array(z.boolean()), bytes)).toThrow(
      expect.objectContaining({ code: "mismatch", path: expect.stringMatching(/^value/) }),
    );
  });

  test("values of any type keep their wire types", () => {
    const values = {
      day: typed(date(), "2026-11-21"),
      amount: typed(decimal(), "7E+3"),
      time: typed(duration(), 5n),
      color: typed(Color, "GREEN"),
    };
    const back = codec.decode(z.any(), codec.encode(z.any(), values)) as typeof values;
    for (const [key, value] of Object.entries(values)) {
      const read = back[key as keyof typeof values];
      expect(read).toBeInstanceOf(TypedValue);
      expect(read.value).toBe(value.value);
    }
    expect(hexOf(codec.encode(z.any(), back))).toBe(hexOf(codec.encode(z.any(), values)));
    expect(() => codec.encode(z.any(), [1, { deep: Symbol("s") }])).toThrow(
      expect.objectContaining({ code: "value", path: expect.stringContaining("[1]") }),
    );
  });

  test("an own type works in every place of a struct", () => {
    const Amount = money("vec/Amount");
    const Order = wireType(
      "vec/Order",
      {
        one: Amount,
        maybe: Amount.nullable(),
        many: z.array(Amount),
        by: z.record(z.string(), Amount),
      },
      { scope: createTypeScope() },
    );
    const [a, b] = [new Money("a"), new Money("b")];
    const value = { one: a, maybe: b, many: [a, b], by: { k: b } };
    expect(codec.decode(Order, codec.encode(Order, value))).toEqual(value);
    expect(() => codec.encode(Order, { ...value, one: {} as Money })).toThrow(
      expect.objectContaining({ code: "value", path: "vec/Order.one" }),
    );
  });
});

/**
 * The bytes that pyfory 0.16.0 and 1.7.7 write for a type with a serializer that writes its text.
 */
const made: readonly (readonly [string, CodecOptions, number | undefined, string])[] = [
  ["A by name", { profile: "A" }, undefined, "02ff20040154820803b1cd2600086162"],
  ["A by number", { profile: "A", ids: true }, 7, "02ff1f07086162"],
  ["B by number", { profile: "B" }, 7, "01ff1f07086162"],
  [
    "exact B by name",
    { profile: "B", compatible: false },
    undefined,
    "01ff20040154820803b1cd2600086162",
  ],
];
test.each(made)("own types have the bytes of pyfory: %s", (_, options, id, hex) => {
  const type = money("vec/Money", id);
  const codec = createCodec(options);
  expect(hexOf(codec.encode(type, new Money("ab")))).toBe(hex);
  expect(codec.decode(type, bytesOf(hex))).toEqual(new Money("ab"));
});

test("text enums have their numbers in profile B", () => {
  const level = z.enum(["low", "high"]).meta({ numbers: { low: 10, high: 300 } });
  const Level = wireType("vec/Level", { level }, { scope });
  const codec = createCodec({ profile: "B" });
  expect(hexOf(codec.encode(Level, { level: "high" }))).toMatch(/ac02$/);
  expect(codec.decode(Level, codec.encode(Level, { level: "low" }))).toEqual({ level: "low" });
  expect(createCodec().encode(Level, { level: "high" }).at(-1)).toBe(1);
  const bad = z.enum(["low"]).meta({ numbers: { low: -1 } });
  expect(() => wireType("vec/Bad", { bad }, { scope })).toThrow(
    expect.objectContaining({ code: "schema", path: "vec/Bad.bad" }),
  );
});

test.each(["json", "native"] as const)("other roots in %s", (mode) => {
  const codec = createCodec({ mode, scope });
  for (const [name, schema, value] of roots) {
    const left = value === undefined || (mode === "native" && name.startsWith("own type"));
    if (left || name === "an own type") continue;
    expect(codec.decode(schema, codec.encode(schema, value)), name).toEqual(value);
  }
});

test("names belong to one type", () => {
  const own = createTypeScope();
  wireEnum("vec/Taken", ["a"], { scope: own, id: 3 });
  expect(() => wireType("vec/Taken", {}, { scope: own })).toThrow(
    expect.objectContaining({ code: "tag" }),
  );
  expect(() => wireEnum("vec/Next", ["a"], { scope: own, id: 3 })).toThrow(
    expect.objectContaining({ code: "tag" }),
  );
});
