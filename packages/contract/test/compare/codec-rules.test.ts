// Every rule of the comparison is tested against the codecs: values of the old type are encoded and
// read as values of the new one, and the other way round.

import {
  bfloat16,
  boolArray,
  bytes,
  type Codec,
  createCodec,
  createTypeScope,
  date,
  decimal,
  duration,
  fixedInt64,
  float16,
  int8,
  int16,
  type TypeScope,
  taggedInt64,
  timestamp,
  uint8,
  type WireType,
  wireEnum,
  wireExt,
  wireType,
  wireUnion,
} from "@aster/codec";
import { rowCodec } from "@aster/codec/row";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineService, unary } from "../../src/index.ts";
import { type ComparedMode, compareContracts } from "../../src/model/index.ts";

const MODES: readonly ComparedMode[] = ["xlang1", "xlang", "native", "row", "json"];

const codecs: Readonly<Record<Exclude<ComparedMode, "row">, Codec>> = {
  xlang1: createCodec({ mode: "xlang", profile: "B" }),
  xlang: createCodec({ mode: "xlang" }),
  native: createCodec({ mode: "native" }),
  json: createCodec({ mode: "json" }),
};

type Shape = z.core.$ZodLooseShape;

/** One side of a change: its fields, and values that reach the bounds of their types. */
interface Side {
  readonly shape: (scope: TypeScope) => Shape;
  readonly values: readonly Record<string, unknown>[];
  readonly tag?: string;
  readonly id?: number;
}

const side = (shape: Shape | ((scope: TypeScope) => Shape), ...values: object[]): Side => ({
  shape: typeof shape === "function" ? (shape as Side["shape"]) : () => shape,
  values: values as Record<string, unknown>[],
});

/** A field `x` with some values. */
const x = (type: z.core.$ZodType | ((scope: TypeScope) => z.core.$ZodType), ...values: unknown[]) =>
  side(
    (scope) => ({ x: typeof type === "function" ? type(scope) : type }),
    ...values.map((value) => ({ x: value })),
  );

const typeOf = ({ shape, tag = "rules/Message", id }: Side): WireType => {
  const scope = createTypeScope();
  return wireType(tag, shape(scope), { scope, ...(id === undefined ? {} : { id }) });
};

function carry(mode: ComparedMode, writer: WireType, value: unknown, reader: WireType): unknown {
  if (mode !== "row") {
    return codecs[mode].decode(reader, codecs[mode].encode(writer, value as never));
  }
  const [from, to] = [rowCodec(writer), rowCodec(reader)];
  to.checkSchema(from.schemaBytes());
  return to.decode(from.encode(value as never));
}

/** Returns `true` if a value is the same after a change of its type, where both sides have it. */
function isSame(before: unknown, after: unknown): boolean {
  // a reader without null may have a default
  if (before === null || before === undefined) return true;
  if (typeof before === "boolean")
    return [before, String(before), Number(before)].includes(after as never);
  if (before instanceof Date) {
    if (after instanceof Date) return before.getTime() === after.getTime();
    return [BigInt(before.getTime()) * 1_000_000n, before.toISOString()].includes(after as never);
  }
  if (typeof before === "bigint" && after instanceof Date) return isSame(after, before);
  if (typeof before !== "object") {
    return String(before) === String(after) || Number(before) === Number(after);
  }
  if (typeof after !== "object" || after === null) return false;
  const [from, to] = [partsOf(before), partsOf(after)];
  return [...from].every(([key, part]) => !to.has(key) || isSame(part, to.get(key)));
}

function partsOf(value: object): ReadonlyMap<string, unknown> {
  const pairs =
    value instanceof Map ? [...value] : Object.entries(value instanceof Set ? [...value] : value);
  return new Map(pairs.map(([key, part]) => [String(key), part]));
}

/** The modes in which both sides have a form. Rows do not support all types. */
function modesOf(...types: WireType[]): readonly ComparedMode[] {
  try {
    for (const type of types) rowCodec(type);
    return MODES;
  } catch {
    return MODES.filter((mode) => mode !== "row");
  }
}

/** The modes in which the reader reads all values of the writer, and reads what was written. */
function readModes(writer: Side, reader: Side): ComparedMode[] {
  const [from, to] = [typeOf(writer), typeOf(reader)];
  return modesOf(from, to).filter((mode) =>
    writer.values.every((value) => {
      try {
        return isSame(value, carry(mode, from, value, to));
      } catch {
        return false;
      }
    }),
  );
}

function serviceOf(message: Side, as: "request" | "response") {
  const type = typeOf(message);
  const Empty = wireType("rules/Empty", {}, { scope: createTypeScope() });
  const method = as === "request" ? unary(type, Empty) : unary(Empty, type);
  return defineService("Rules", {}, { call: method });
}

/** The modes in which the comparison accepts messages of the writer at the reader. */
function acceptedModes(writer: Side, reader: Side): readonly ComparedMode[] {
  const requests = [serviceOf(writer, "request"), serviceOf(reader, "request")] as const;
  const responses = [serviceOf(reader, "response"), serviceOf(writer, "response")] as const;
  const [byRequest, byResponse] = [requests, responses].map(([client, server]) => {
    return compareContracts(client, server)[0]?.breaksOldClients ?? MODES;
  });
  expect(byResponse).toEqual(byRequest);
  return modesOf(typeOf(writer), typeOf(reader)).filter((mode) => !byRequest?.includes(mode));
}

const struct =
  (shape: Shape, tag = "rules/Inner") =>
  (scope: TypeScope) =>
    wireType(tag, shape, { scope });
const A = (scope: TypeScope) => wireType("rules/A", { kind: z.literal("a") }, { scope });
const B = (scope: TypeScope) => wireType("rules/B", { kind: z.literal("b") }, { scope });

const int64 = [-(2n ** 63n), 2n ** 63n - 1n];
const safe = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
const int32 = [-(2 ** 31), 2 ** 31 - 1];
const floats = [0, -1.5, 1e300, 0.1, Number.POSITIVE_INFINITY];

class Money {
  readonly amount: string;
  constructor(amount: string) {
    this.amount = amount;
  }
}
const money = (form: z.core.$ZodType) => (scope: TypeScope) =>
  wireExt("rules/Money", {
    class: Money,
    form: form as z.ZodString,
    encode: ({ amount }) => amount,
    decode: (amount) => new Money(amount),
    scope,
  });

/** Pairs of types, compared in both directions. */
const changes: Readonly<Record<string, readonly [Side, Side]>> = {
  nothing: [x(z.string(), "a"), x(z.string(), "a")],
  "an optional field": [side({}, {}), x(z.string().optional(), undefined, "a")],
  "a nullable field": [side({}, {}), x(z.string().nullable(), null, "a")],
  "a field with a default": [side({}, {}), x(z.string().default("d"), "a")],
  "a struct with a default": [
    side({}, {}),
    x((scope) => struct({ a: z.int() })(scope).prefault({ a: 1 }), { a: 2 }),
  ],
  "a field of any type": [side({}, {}), x(z.any(), 1, "a", null)],
  "a moved field": [
    side({ a: z.string(), b: z.int() }, { a: "a", b: 1 }),
    side({ b: z.int(), a: z.string() }, { a: "a", b: 1 }),
  ],
  "another key with the same name": [
    side({ userId: z.string() }, { userId: "a" }),
    side({ user: z.string().meta({ name: "user_id" }) }, { user: "a" }),
  ],
  "a renamed field with a number": [
    side({ a: z.string().meta({ fieldId: 1 }) }, { a: "a" }),
    side({ b: z.string().meta({ fieldId: 1 }) }, { b: "a" }),
  ],
  "a name in another spelling": [
    side({ a: z.string().meta({ name: "fooBar" }) }, { a: "a" }),
    side({ a: z.string().meta({ name: "foo_bar" }) }, { a: "a" }),
  ],
  "another tag": [
    side({ a: z.int() }, { a: 1 }),
    { ...side({ a: z.int() }, { a: 1 }), tag: "rules/Other" },
  ],
  "a number for the tag": [
    side({ a: z.int() }, { a: 1 }),
    { ...side({ a: z.int() }, { a: 1 }), id: 7 },
  ],
  "another tag with the same number": [
    { ...side({ a: z.int() }, { a: 1 }), id: 7 },
    { ...side({ a: z.int() }, { a: 1 }), id: 7, tag: "rules/Other" },
  ],
  "a nullable text": [x(z.string(), "a"), x(z.string().nullable(), null, "a")],
  "a nullable text with a default": [
    x(z.string().default("d"), "a"),
    x(z.string().nullable(), null, "a"),
  ],
  "null instead of undefined": [
    x(z.string().optional(), undefined, "a"),
    x(z.string().nullable(), null, "a"),
  ],
  "a nullable number": [x(z.int(), 1), x(z.int().nullable(), null, 1)],
  "a nullable struct": [
    x(struct({ a: z.int() }), { a: 1 }),
    x((scope) => struct({ a: z.int() })(scope).nullable(), { a: 1 }, null),
  ],
  "a wider integer": [x(int8(), -128, 127), x(z.int32(), ...int32)],
  "an integer without a sign": [x(uint8(), 0, 255), x(int16(), -32_768, 32_767)],
  "another sign": [x(z.uint32(), 0, 2 ** 32 - 1), x(z.int32(), ...int32)],
  "numbers as bigints": [x(z.int(), ...safe), x(z.int64(), ...int64)],
  "another form of an integer": [x(z.int64(), ...int64), x(fixedInt64(), ...int64)],
  "a tagged integer": [x(z.int64(), ...int64), x(taggedInt64(), ...int64)],
  "another 64-bit integer": [x(z.int64(), ...int64), x(z.uint64(), 0n, 2n ** 64n - 1n)],
  "an integer as float64": [x(z.int32(), ...int32), x(z.number(), ...floats)],
  "a safe integer as float64": [x(z.int(), ...safe), x(z.number(), ...floats)],
  "a bigint as float64": [x(z.int64(), 2n ** 53n + 1n), x(z.number(), ...floats)],
  "a small integer as float16": [x(int8(), -128, 127), x(float16(), 0.5, 65_504)],
  "an integer as float32": [x(z.int32(), 2 ** 31 - 1, 2 ** 24 + 1), x(z.float32(), 0.5)],
  "a small integer as bfloat16": [x(uint8(), 0, 255), x(bfloat16(), 0.5)],
  "a wider float": [x(z.float32(), 0.5, -1.25), x(z.number(), ...floats)],
  "a short float": [x(float16(), 0.5, 65_504), x(z.float32(), 0.5, 3e38)],
  "a boolean as an integer": [x(z.boolean(), true, false), x(z.int(), 0, 1, 2)],
  "a boolean as text": [x(z.boolean(), true, false), x(z.string(), "a")],
  "a boolean as a float": [x(z.boolean(), true, false), x(z.number(), 0.5)],
  "an integer as text": [x(z.int64(), ...int64), x(z.string(), "a")],
  "a float as text": [x(z.number(), Number.NaN, 1.5), x(z.string(), "a")],
  "an integer as a decimal": [x(z.int(), ...safe), x(decimal(), "1.5")],
  "a decimal as text": [x(decimal(), "1.50"), x(z.string(), "a")],
  "a date as text": [x(date(), "2026-11-21"), x(z.string(), "a")],
  "a Date as nanoseconds": [x(z.date(), new Date(5)), x(timestamp(), 5n)],
  "a timestamp as text": [x(z.date(), new Date(5)), x(z.string(), "a")],
  "a duration as an integer": [x(duration(), 5n), x(z.int64(), 5n)],
  "bytes as text": [x(bytes(), Uint8Array.of(255, 1)), x(z.string(), "a")],
  "an enum value at the end": [
    x(z.enum(["a", "b"]), "a", "b"),
    x(z.enum(["a", "b", "c"]), "a", "b", "c"),
  ],
  "an enum as text": [x(z.enum(["a", "b"]), "a", "b"), x(z.string(), "x")],
  "an enum with numbers": [
    x(z.enum(["a", "b"]).meta({ numbers: { a: 1, b: 2 } }), "a", "b"),
    x(z.enum(["b", "a", "c"]).meta({ numbers: { a: 1, b: 2, c: 3 } }), "a", "b", "c"),
  ],
  "a name for an enum": [
    x(z.enum(["a", "b"]), "a", "b"),
    x((scope) => wireEnum("rules/Level", ["a", "b"], { scope }), "a", "b"),
  ],
  "another element": [x(z.array(z.int32()), [], [1, -2]), x(z.array(z.int()), [1, 2 ** 40])],
  "a nullable element": [
    x(z.array(z.string()), [], ["a"]),
    x(z.array(z.string().nullable()), ["a", null]),
  ],
  "a set instead of a list": [
    x(z.set(z.string()), new Set(["a"])),
    x(z.array(z.string()), ["a"], []),
  ],
  "a list instead of dense numbers": [
    x(z.instanceof(Int32Array), Int32Array.of(1, -2)),
    x(z.array(z.int32()), [1, -2]),
  ],
  "a list instead of dense booleans": [x(boolArray(), [true]), x(z.array(z.boolean()), [true])],
  "a list with nulls instead of dense numbers": [
    x(z.instanceof(Int32Array), Int32Array.of(1, -2)),
    x(z.array(z.int32().nullable()), [1, null]),
  ],
  "a list of other numbers": [
    x(z.instanceof(Float32Array), Float32Array.of(1.5)),
    x(z.array(z.number()), [0.1]),
  ],
  "a map with wider values": [
    x(z.record(z.string(), z.int32()), { a: 1 }),
    x(z.record(z.string(), z.int()), { a: 2 ** 40 }),
  ],
  "a map with other keys": [
    x(z.map(z.int32(), z.string()), new Map([[1, "a"]])),
    x(z.map(z.int(), z.string()), new Map([[2 ** 40, "a"]])),
  ],
  "a Map instead of an object": [
    x(z.record(z.string(), z.int()), { a: 1 }),
    x(z.map(z.string(), z.int()), new Map([["a", 1]])),
  ],
  "a map with null values": [
    x(z.record(z.string(), z.int()), { a: 1 }),
    x(z.record(z.string(), z.int().nullable()), { a: null }),
  ],
  "an optional field in a struct": [
    x(struct({ a: z.int() }), { a: 1 }),
    x(struct({ a: z.int(), b: z.string().optional() }), { a: 1, b: "b" }),
  ],
  "an optional field in the structs of a list": [
    x((scope) => z.array(struct({ a: z.int() })(scope)), [{ a: 1 }]),
    x(
      (scope) => z.array(struct({ a: z.int(), b: z.string().optional() })(scope)),
      [{ a: 1, b: "b" }],
    ),
  ],
  "a wider field in the structs of a map": [
    x((scope) => z.record(z.string(), struct({ a: z.int32() })(scope)), { k: { a: 1 } }),
    x((scope) => z.record(z.string(), struct({ a: z.int() })(scope)), { k: { a: 2 ** 40 } }),
  ],
  "another tag inside": [
    x(struct({ a: z.int() }), { a: 1 }),
    x(struct({ a: z.int() }, "rules/Other"), { a: 1 }),
  ],
  "an option of a union": [
    x((scope) => z.discriminatedUnion("kind", [A(scope)]), { kind: "a" }),
    x((scope) => z.discriminatedUnion("kind", [A(scope), B(scope)]), { kind: "a" }, { kind: "b" }),
  ],
  "a union instead of a struct": [
    x(A, { kind: "a" }),
    x((scope) => z.discriminatedUnion("kind", [A(scope), B(scope)]), { kind: "b" }),
  ],
  "a case of a union": [
    x((scope) => wireUnion("rules/Case", { 0: z.string() }, { scope }), { case: 0, value: "a" }),
    x(
      (scope) => wireUnion("rules/Case", { 0: z.string(), 1: z.int() }, { scope }),
      { case: 0, value: "a" },
      { case: 1, value: 5 },
    ),
  ],
  "the form of an own type": [
    x(money(z.string()), new Money("a")),
    x(money(z.int()), new Money(5 as never)),
  ],
  "any type instead of text": [x(z.string(), "a"), x(z.any(), "a", 5)],
  "any type instead of a list": [x(z.array(z.int()), [1]), x(z.any(), [1], null)],
  "text for a struct": [x(z.string(), "a"), x(struct({ a: z.int() }), { a: 1 })],
  "a case with a wider type": [
    x((scope) => wireUnion("rules/Case", { 0: z.int32() }, { scope }), { case: 0, value: 5 }),
    x((scope) => wireUnion("rules/Case", { 0: z.int() }, { scope }), { case: 0, value: 2 ** 40 }),
  ],
  "a list for text": [x(z.string(), "a"), x(z.array(z.string()), ["a"])],
};

/**
 * The modes that the comparison refuses although the codecs read these values: other values of the
 * same types are not read, or mean something else.
 */
const stricter: Readonly<Record<string, readonly ComparedMode[]>> = {
  // the tag of a class is part of its values
  "another tag, to a new server": ["native"],
  "another tag, to an old server": ["native"],
  "another tag with the same number, to a new server": ["native"],
  "another tag with the same number, to an old server": ["native"],
  "another tag inside, to a new server": ["native"],
  "another tag inside, to an old server": ["native"],
  // the codec makes "" or 0 of null
  "a nullable text, to an old server": ["xlang1"],
  "a nullable number, to an old server": ["xlang1"],
  // rounded, or not of the declared precision
  "a bigint as float64, to a new server": ["json"],
  "an integer as float32, to a new server": ["native", "json"],
  "a wider float, to an old server": ["native"],
  "a short float, to an old server": ["native", "json"],
  // another meaning of the same bytes
  "a duration as an integer, to a new server": ["native"],
  "a duration as an integer, to an old server": ["native"],
  "another element, to a new server": ["xlang"],
  "a map with wider values, to a new server": ["xlang"],
  "a map with other keys, to a new server": ["xlang"],
  "a case with a wider type, to a new server": ["xlang"],
  // a set drops equal elements
  "a set instead of a list, to an old server": ["row", "json"],
  // not a rule, although the values have the same form
  "a list instead of dense booleans, to a new server": ["native"],
  "a list instead of dense booleans, to an old server": ["native"],
  "a union instead of a struct, to a new server": ["xlang", "native", "json"],
  "a union instead of a struct, to an old server": ["native", "json"],
};

test.each(Object.entries(changes))("accepts what the codecs read: %s", (name, [before, after]) => {
  for (const [title, writer, reader] of [
    [`${name}, to a new server`, before, after],
    [`${name}, to an old server`, after, before],
  ] as const) {
    const read = readModes(writer, reader);
    const accepted = acceptedModes(writer, reader);
    const unread = accepted.filter((mode) => !read.includes(mode));
    const refused = read.filter((mode) => !accepted.includes(mode));
    expect({ title, unread, refused }).toEqual({
      title,
      unread: [],
      refused: stricter[title] ?? [],
    });
  }
});
