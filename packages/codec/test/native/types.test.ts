import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  bytes,
  CodecError,
  createCodec,
  createTypeScope,
  date,
  decimal,
  duration,
  int8,
  timestamp,
  type WireType,
  wireType,
} from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";
import { anyTypedValue } from "../support/arbitrary.ts";
import fc from "../support/property.ts";

const codec = createCodec({ mode: "native" });
const loose = nativeCodec();

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  get length(): number {
    return Math.hypot(this.x, this.y);
  }
}
const PointType = wireType("native/Point", { x: z.number(), y: z.number() }, { class: Point });
const Plain = wireType("native/Plain", { id: z.int(), note: z.string().optional() });
const Cat = wireType("native/Cat", { kind: z.literal("cat"), lives: z.int32() });
const Dog = wireType("native/Dog", { kind: z.literal("dog"), name: z.string() });
const All = wireType("native/All", {
  text: z.string(),
  flag: z.boolean(),
  int: z.int(),
  small: int8(),
  big: z.int64(),
  float: z.number(),
  blob: bytes(),
  when: z.date(),
  nanos: timestamp(),
  day: date(),
  span: duration(),
  price: decimal(),
  colour: z.enum(["red", "green"]),
  doubles: z.instanceof(Float64Array),
  list: z.array(z.array(z.int())),
  set: z.set(z.string()),
  record: z.record(z.string(), Plain),
  map: z.map(z.int32(), z.string().nullable()),
  plain: Plain,
  point: PointType,
  pet: z.discriminatedUnion("kind", [Cat, Dog]),
  extra: z.any(),
  none: z.string().nullable(),
  defaulted: z.int().default(7),
});
const all = {
  text: "x",
  flag: true,
  int: 2 ** 50,
  small: -128,
  big: 2n ** 63n - 1n,
  float: 0.5,
  blob: new Uint8Array([1, 2]),
  when: new Date(5),
  nanos: 10n,
  day: "2026-11-21",
  span: 3n,
  price: "-12.50",
  colour: "red" as const,
  doubles: new Float64Array([1.5]),
  list: [[1], []],
  set: new Set(["a"]),
  record: { a: { id: 1, note: undefined } },
  map: new Map([[1, null]]),
  plain: { id: 2, note: "n" },
  point: new Point(3, 4),
  pet: { kind: "cat" as const, lives: 9 },
  extra: { deep: [/a/, new Map()] },
  none: null,
  defaulted: 8,
};

/** Makes a message of a peer that does not follow the type. */
const forged = (changes: object): Uint8Array => loose.encode({ ...all, ...changes });

describe("wire types", () => {
  test("round-trip every kind of field", () => {
    const copy = codec.decode(All, codec.encode(All, all));
    expect(isDeepStrictEqual(copy, all)).toBe(true);
    expect(copy.point).toBeInstanceOf(Point);
    expect(isDeepStrictEqual(codec.decode(All, forged({})), all)).toBe(true);
  });

  test("round-trip random types and values", () => {
    fc.assert(
      fc.property(anyTypedValue, ({ type, value }) => {
        const native = createCodec({ mode: "native" }).type(type as WireType);
        const xlang = createCodec().type(type as WireType);
        const copy = native.decode(native.encode(value));
        return isDeepStrictEqual(negate(copy), negate(xlang.decode(xlang.encode(value))));
      }),
      { numRuns: 300 },
    );
  });

  test("send only the fields of a type, and fill in defaults", () => {
    const { defaulted: _, ...rest } = all;
    const bytes = codec.encode(All, { ...rest, password: "hunter2" } as never);
    expect(Buffer.from(bytes).includes("hunter2")).toBe(false);
    expect(codec.decode(All, bytes).defaulted).toBe(7);
    const nested = codec.encode(Plain, Object.assign(new (class Row {})(), { id: 1, secret: 2 }));
    expect(codec.decode(Plain, nested)).toEqual({ id: 1, note: undefined });
  });

  test("fill in optional fields that a peer omits", () => {
    const { defaulted: _, none: __, ...rest } = all;
    const copy = codec.decode(All, loose.encode(rest));
    expect(copy).toMatchObject({ defaulted: 7, none: null });
    expect(Object.entries(codec.decode(Plain, loose.encode({ id: 1 })))).toEqual([
      ["id", 1],
      ["note", undefined],
    ]);
  });

  test.each<[string, object, string]>([
    ["text", { text: 1 }, ".text"],
    ["text by a boxed one", { text: Object("x") }, ".text"],
    ["a boolean", { flag: "true" }, ".flag"],
    ["an integer", { int: 1.5 }, ".int"],
    ["an integer by text", { int: "1" }, ".int"],
    ["an integer beyond 2^53", { int: 2 ** 60 }, ".int"],
    ["an integer out of range", { small: 128 }, ".small"],
    ["a bigint", { big: 1 }, ".big"],
    ["a bigint out of range", { big: 2n ** 63n }, ".big"],
    ["a number", { float: null }, ".float"],
    ["bytes", { blob: [1] }, ".blob"],
    ["a date", { when: new Date(Number.NaN) }, ".when"],
    ["a day", { day: "2026-02-30" }, ".day"],
    ["a decimal", { price: "1e5" }, ".price"],
    ["an enum", { colour: "blue" }, ".colour"],
    ["an enum by a name of objects", { colour: "constructor" }, ".colour"],
    ["a typed array", { doubles: new Float32Array(1) }, ".doubles"],
    ["a list", { list: { length: 0 } }, ".list"],
    ["an inner list", { list: [[1], ["x"]] }, ".list[1][0]"],
    ["a hole", { list: Object.assign(new Array(3), { 0: [1], 2: [] }) }, ".list[1]"],
    ["a set", { set: ["a"] }, ".set"],
    ["an item of a set", { set: new Set([1]) }, ".set[0]"],
    ["a record", { record: new Map() }, ".record"],
    ["a value of a record", { record: { a: { id: "1" } } }, '.record["a"].id'],
    ["a key of a map", { map: new Map([["1", null]]) }, '.map["1"]'],
    ["undefined for null", { map: new Map([[1, undefined]]) }, '.map["1"]'],
    ["a struct", { plain: [] }, ".plain"],
    ["a struct by an instance", { plain: new Point(1, 2) }, ".plain"],
    ["a field of a struct", { plain: { id: 2, note: null } }, ".plain.note"],
    ["a plain object for an instance", { point: { x: 1, y: 2 } }, ".point"],
    ["an unknown option", { pet: { kind: "cow" } }, ".pet"],
    ["another option", { pet: { kind: "cat", name: "x" } }, ".pet.name"],
    ["a missing field", { plain: {} }, ".plain.id"],
    ["undefined", { text: undefined }, ".text"],
  ])("refuse a peer's wrong value for %s", (_, changes, path) => {
    const error = failure(() => codec.decode(All, forged(changes)));
    expect(["data", "mismatch"]).toContain(error.code);
    expect(error.path).toBe(`native/All${path}`);
    expect(isDeepStrictEqual(codec.decode(All, forged({})), all)).toBe(true);
  });

  test("refuse unknown fields of a peer", () => {
    const error = failure(() => codec.decode(Plain, loose.encode({ id: 1, isAdmin: true })));
    expect(error).toMatchObject({ code: "mismatch", path: "native/Plain.isAdmin" });
    expect(
      failure(() => codec.decode(Plain, loose.encode(JSON.parse('{"id":1,"__proto__":{}}')))),
    ).toMatchObject({
      code: "mismatch",
    });
  });

  test.each<[unknown, string]>([
    [{ ...all, text: 5 }, "native/All.text"],
    [{ ...all, list: [[1, "2"]] }, "native/All.list[0][1]"],
    [{ ...all, plain: undefined }, "native/All.plain"],
    [{ ...all, pet: { kind: "cow" } }, "native/All.pet"],
    [{ ...all, extra: { f: () => 1 } }, "native/All.extra.f"],
    [null, "native/All"],
  ])("refuse a wrong value before it is sent (%#)", (value, path) => {
    expect(failure(() => codec.encode(All, value as never))).toMatchObject({ code: "value", path });
  });

  test("keep shared values of one type with refs shared, and separate those of two types", () => {
    const Kept = wireType(
      "native/Kept",
      { id: z.int(), note: z.string().optional() },
      { refs: true },
    );
    const Pair = wireType("native/Pair", {
      a: Kept,
      b: Kept,
      list: z.array(Kept),
      any: z.any(),
    });
    const Wider = wireType("native/Wider", { id: z.int(), more: z.int() });
    const Two = wireType("native/Two", { a: Plain, b: Wider, c: z.any() });
    const one = { id: 1, note: "n" };
    const pair = codec.decode(
      Pair,
      codec.encode(Pair, { a: one, b: one, list: [one, one], any: one }),
    );
    expect(pair.a).toBe(pair.b);
    expect(pair.a).toBe(pair.list[1]);
    expect(pair.any).toEqual(one);
    const both = { id: 1, more: 2, secret: 3 };
    const two = codec.decode(Two, codec.encode(Two, { a: both, b: both, c: both }));
    expect(two).toEqual({ a: { id: 1, note: undefined }, b: { id: 1, more: 2 }, c: both });
  });

  test("may be recursive, with cycles", () => {
    interface Node {
      name: string;
      next?: Node | undefined;
      all: Node[];
    }
    const Node = wireType(
      "native/Node",
      {
        name: z.string(),
        get next() {
          return Node.optional();
        },
        get all() {
          return z.array(Node);
        },
      },
      { refs: true },
    );
    const a: Node = { name: "a", all: [] };
    const b: Node = { name: "b", next: a, all: [a] };
    a.next = b;
    a.all.push(a, b, a);
    const copy = codec.decode(Node, codec.encode(Node, a as never)) as Node;
    expect(copy.next?.next).toBe(copy);
    expect(copy.all[0]).toBe(copy);
    expect(copy.all[1]?.all[0]).toBe(copy.all[2]);
    // a chain of references that is longer than the limit of depth is checked to its end
    const chain: Node[] = [];
    for (let i = 0; i < 20_000; i++) chain.push({ name: `n${i}`, next: chain[i - 1], all: [] });
    const long: Node = { name: "root", all: chain };
    const back = codec.decode(Node, codec.encode(Node, long as never)) as Node;
    expect(back.all[19_999]?.next).toBe(back.all[19_998]);
    const wrong = loose.encode({
      name: "root",
      next: undefined,
      all: [...chain, { name: 5, all: [] }],
    });
    expect(failure(() => codec.decode(Node, wrong))).toMatchObject({ code: "data" });
  });

  test("check lists that refer to each other once", () => {
    const Deep = wireType("native/Deep", {
      v: z.array(z.array(z.array(z.int()))).meta({ ref: true }),
    });
    const inner = new Array(3_000).fill(1);
    const middle = new Array(3_000).fill(inner);
    const v = new Array(3_000).fill(middle);
    const started = performance.now();
    const copy = codec.decode(Deep, codec.encode(Deep, { v }));
    expect(copy.v[2_999]?.[2_999]).toBe(copy.v[0]?.[0]);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

describe("classes", () => {
  test("round-trip as checked instances, also in values of any type", () => {
    const list = loose.decode(loose.encode([new Point(3, 4), { p: new Point(6, 8) }])) as [
      Point,
      { p: Point },
    ];
    expect(list[0]).toBeInstanceOf(Point);
    expect(list[1].p.length).toBe(10);
    expect(Object.keys(list[0])).toEqual(["x", "y"]);
    expect(failure(() => loose.encode(Object.create(Point.prototype)))).toMatchObject({
      code: "value",
      path: "value.x",
    });
    const bytes = loose.encode(new Point(96, 97));
    const changed = bytes.slice();
    const at = changed.lastIndexOf(5);
    changed.set([21, 8, 65], at); // text instead of y
    expect(failure(() => loose.decode(changed.subarray(0, at + 4)))).toMatchObject({
      code: "data",
    });
  });

  test("are found in their scope", () => {
    class Own {
      a = 1;
    }
    const scope = createTypeScope();
    wireType("native/Own", { a: z.int() }, { class: Own, scope });
    const scoped = nativeCodec({ scope });
    const bytes = scoped.encode([new Own(), new Own()]);
    expect((scoped.decode(bytes) as Own[])[1]).toBeInstanceOf(Own);
    expect(failure(() => loose.encode(new Own()))).toMatchObject({ code: "value" });
    expect(failure(() => loose.decode(bytes))).toMatchObject({ code: "mismatch" });
    expect(failure(() => scoped.encode(new Point(1, 2)))).toMatchObject({ code: "value" });
  });

  test("do not run setters with unchecked values", () => {
    const seen: unknown[] = [];
    class Guarded {
      get a(): number {
        return 1;
      }
      set a(value: number) {
        seen.push(value);
      }
    }
    const Type = wireType("native/Guarded", { a: z.int() }, { class: Guarded });
    const copy = codec.decode(Type, codec.encode(Type, { a: 2 }));
    expect(copy).toBeInstanceOf(Guarded);
    expect(copy.a).toBe(2);
    expect(seen).toEqual([]);
  });
});

/** XLANG integers have no −0. */
function negate(value: unknown): unknown {
  return JSON.stringify(value, (_, item) => {
    if (typeof item === "bigint") return `${item}n`;
    if (item instanceof Map || item instanceof Set) return [...item];
    if (ArrayBuffer.isView(item)) return Array.from(item as unknown as ArrayLike<unknown>, String);
    if (item === undefined) return "undefined";
    return typeof item === "number" && !Number.isFinite(item) ? String(item) : item;
  });
}
