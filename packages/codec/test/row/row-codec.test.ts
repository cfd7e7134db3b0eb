import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  bfloat16,
  bytes,
  CodecError,
  createTypeScope,
  date,
  decimal,
  duration,
  float16,
  timestamp,
  uint8,
  uint16,
  type WireType,
  wireType,
} from "../../src/index.ts";
import { parseRowSchema, rowCodec, rowReader } from "../../src/row/index.ts";
import { hexOf } from "../support/fixture.ts";
import fc from "../support/property.ts";
import { anyRow } from "../support/row-arbitrary.ts";
import { buildRow } from "../support/row-fixture.ts";

function define<S extends z.core.$ZodLooseShape>(
  shape: S,
  tag = "row/Sample",
): z.ZodObject<S, z.core.$strip> {
  return wireType(tag, shape, { scope: createTypeScope() });
}

function errorOf(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    expect(reason).toBeInstanceOf(CodecError);
    return reason as CodecError;
  }
  throw new Error("nothing was thrown");
}

const Point = define({ x: z.int32(), label: z.string().nullable() }, "row/Point");
const Order = define(
  {
    id: z.int(),
    customerName: z.string(),
    paidAt: z.date().optional(),
    at: Point,
    points: z.array(Point),
    scores: z.record(z.string(), z.number()),
    byId: z.map(z.int(), Point.nullable()),
    tags: z.set(z.string()),
    data: bytes(),
    numbers: z.instanceof(Float64Array),
    state: z.enum(["open", "paid"]),
  },
  "row/Order",
);
const order: z.output<typeof Order> = {
  id: 7,
  customerName: "Ada",
  paidAt: undefined,
  at: { x: 1, label: "one" },
  points: [
    { x: 2, label: null },
    { x: 3, label: "three" },
  ],
  scores: { a: 0.5, __proto: 1 },
  byId: new Map([
    [1, { x: 9, label: "nine" }],
    [2, null],
  ]),
  tags: new Set(["new", "big"]),
  data: Uint8Array.of(1, 2, 3),
  numbers: Float64Array.of(0.5, -1),
  state: "paid",
};

describe("views", () => {
  const rows = rowCodec(Order);
  const row = rows.encode(order);
  const view = rows.view(row);

  test("return scalars as they are", () => {
    expect(view.get("id")).toBe(7);
    expect(view.get("customerName")).toBe("Ada");
    expect(view.get("paidAt")).toBeUndefined();
    expect(view.get("state")).toBe("paid");
    expect(view.get("numbers")).toEqual(Float64Array.of(0.5, -1));
  });

  test("return bytes without a copy", () => {
    const data = view.get("data");
    expect(data).toEqual(order.data);
    expect(data.buffer).toBe(row.buffer);
    expect(view.toObject().data.buffer).not.toBe(row.buffer);
  });

  test("return views of structs, lists and sets", () => {
    expect(view.get("at").get("label")).toBe("one");
    expect(view.get("at").toObject()).toEqual(order.at);
    const points = view.get("points");
    expect(points.length).toBe(2);
    expect(points.at(-1)?.get("label")).toBe("three");
    expect(points.at(0)?.get("label")).toBeNull();
    expect(points.at(2)).toBeUndefined();
    expect(points.at(-3)).toBeUndefined();
    expect([...points].map((point) => point.get("x"))).toEqual([2, 3]);
    expect(points.toArray()).toEqual(order.points);
    expect([...view.get("tags")]).toEqual(["new", "big"]);
  });

  test("return views of maps", () => {
    const byId = view.get("byId");
    expect(byId.size).toBe(2);
    expect(byId.get(1)?.get("label")).toBe("nine");
    expect(byId.get(2)).toBeNull();
    expect(byId.get(3)).toBeUndefined();
    expect(byId.has(2)).toBe(true);
    expect(byId.has(3)).toBe(false);
    expect([...byId.keys()]).toEqual([1, 2]);
    expect([...byId.values()].map((point) => point?.get("x"))).toEqual([9, undefined]);
    expect([...byId].map(([key]) => key)).toEqual([1, 2]);
    expect(byId.toObject()).toEqual(order.byId);
    expect(view.get("scores").get("a")).toBe(0.5);
    expect(view.get("scores").toObject()).toEqual(order.scores);
  });

  test("convert to the decoded value", () => {
    expect(view.toObject()).toEqual(order);
    expect(rows.decode(row)).toEqual(order);
    expect(Object.keys(view.toObject())).toEqual(Object.keys(order));
  });

  test("refuse an unknown key", () => {
    const error = errorOf(() => view.get("missing" as "id"));
    expect(error.code).toBe("value");
    expect(error.message).toContain('row/Order: has no field "missing"');
  });

  test("name the path of broken bytes", () => {
    const broken = row.slice();
    // the text of the label of the last point
    broken[Buffer.from(broken).indexOf("three")] = 0xff;
    const points = rows.view(broken).get("points");
    expect(points.at(0)?.get("x")).toBe(2);
    expect(points.at(1)?.get("x")).toBe(3);
    const error = errorOf(() => points.at(1)?.get("label"));
    expect(error).toMatchObject({ code: "data", path: "row/Order.points[1].label" });
    expect(errorOf(() => rows.decode(broken)).path).toBe("row/Order.points[1].label");
  });
});

test("reading one field of forty touches no other", () => {
  const names = Array.from({ length: 40 }, (_, i) => `f${String(i).padStart(2, "0")}`);
  const Wide = define(Object.fromEntries(names.map((name) => [name, z.array(z.string())])));
  const rows = rowCodec(Wide);
  const value = Object.fromEntries(names.map((name) => [name, [`text of ${name}`, name]]));
  const row = rows.encode(value);
  // the bitmap, slot 17 and its value stay intact; all other bytes are poisoned
  const slot = 8 + 17 * 8;
  const data = new DataView(row.buffer);
  const [size, offset] = [data.getUint32(slot, true), data.getUint32(slot + 4, true)];
  const poisoned = row.map((byte, i) => {
    const kept = i < 8 || (i >= slot && i < slot + 8) || (i >= offset && i < offset + size);
    return kept ? byte : 0xff;
  });
  const view = rows.view(poisoned);
  expect(view.get("f17").at(1)).toBe("f17");
  expect(view.get("f17").toArray()).toEqual(value.f17);
  for (const name of names.filter((one) => one !== "f17")) {
    expect(errorOf(() => view.get(name)).code).toBe("data");
  }
});

describe("values", () => {
  test("use a wider type where rows lack one", () => {
    const Wider = define({
      a: uint8(),
      b: uint16(),
      c: z.uint32(),
      d: float16(),
      e: bfloat16(),
      f: z.enum({ low: 1, high: 2 }),
      g: z.literal("x"),
      h: z.instanceof(Uint32Array),
    });
    const rows = rowCodec(Wider);
    const kinds = rows.schema.fields.map(({ type }) => type.kind);
    expect(kinds).toEqual([
      "int16",
      "int32",
      "int64",
      "float32",
      "float32",
      "int64",
      "string",
      "list",
    ]);
    const value = {
      a: 255,
      b: 65_535,
      c: 4_294_967_295,
      d: 1.1,
      e: 1.1,
      f: 2 as const,
      g: "x" as const,
      h: Uint32Array.of(4_294_967_295),
    };
    const read = rows.decode(rows.encode(value));
    expect(read).toEqual({ ...value, d: 1.099609375, e: 1.1015625 });
  });

  test("outside of a narrower type are refused when read", () => {
    const rows = rowCodec(define({ a: uint8() }));
    const row = rowCodec(define({ a: z.int32() })).encode({ a: 256 });
    expect(errorOf(() => rows.decode(row))).toMatchObject({ code: "data", path: "row/Sample.a" });
  });

  test("of time are microseconds", () => {
    const Times = define({ at: z.date(), exact: timestamp(), day: date(), wait: duration() });
    const rows = rowCodec(Times);
    const value = {
      at: new Date(-1),
      exact: -1_000n,
      day: "0001-01-01",
      wait: 90_000_000_000n,
    };
    expect(rows.decode(rows.encode(value))).toEqual(value);
    expect(rowReader(rows.schema).decode(rows.encode(value))).toEqual({
      at: -1_000_000n,
      exact: -1_000n,
      day: "0001-01-01",
      wait: 90_000_000_000n,
    });
    const finer = errorOf(() => rows.encode({ ...value, exact: 1n }));
    expect(finer).toMatchObject({ code: "value", path: "row/Sample.exact" });
    expect(errorOf(() => rows.encode({ ...value, wait: 2n ** 80n * 1000n })).code).toBe("value");
    const late = rowCodec(define({ at: timestamp() })).encode({ at: (2n ** 63n - 1n) * 1000n });
    expect(errorOf(() => rowCodec(define({ at: z.date() })).decode(late)).code).toBe("data");
  });

  test("get their default if missing", () => {
    const rows = rowCodec(define({ a: z.string().default("d"), b: z.array(z.int()).optional() }));
    expect(rows.decode(rows.encode({}))).toEqual({ a: "d", b: undefined });
  });

  test("keep a bound class", () => {
    class Money {
      readonly cents: number = 0;
    }
    const Type = wireType(
      "row/Money",
      { cents: z.int() },
      { class: Money, scope: createTypeScope() },
    );
    const rows = rowCodec(Type);
    expect(rows.view(rows.encode({ cents: 5 })).toObject()).toBeInstanceOf(Money);
  });

  test("may have a key called __proto__", () => {
    const rows = rowCodec(define({ m: z.record(z.string(), z.int()) }));
    const m = JSON.parse('{"__proto__": 1}');
    const read = rows.decode(rows.encode({ m }));
    expect(Object.keys(read.m)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(read.m)).toBe(Object.prototype);
  });

  test.each([
    [{ a: 1 }, "row/Sample.a", "expected a string, got number"],
    [{}, "row/Sample.a", "is missing"],
    [{ a: "\ud800" }, "row/Sample.a", "lone surrogate"],
    [{ a: `${"x".repeat(5000)}\ud800` }, "row/Sample.a", "lone surrogate"],
    [{ a: "", b: [1, null] }, "row/Sample.b[1]", "expected an integer"],
    [{ a: "", c: { k: 1.5 } }, 'row/Sample.c["k"]', "expected an integer"],
    [{ a: "", d: "blue" }, "row/Sample.d", '"blue" is not one of'],
    [{ a: "", b: new Set([1]) }, "row/Sample.b", "expected an array, got Set"],
    [null, "row/Sample", "expected an object"],
  ])("are refused if wrong: %j", (value, path, text) => {
    const type = define({
      a: z.string(),
      b: z.array(z.int32()).optional(),
      c: z.record(z.string(), z.int32()).optional(),
      d: z.enum(["red"]).optional(),
    });
    const error = errorOf(() => rowCodec(type).encode(value as never));
    expect(error).toMatchObject({ code: "value", path });
    expect(error.message).toContain(text);
  });

  test("are refused if null in a type without null, or outside of an enum", () => {
    const rows = rowCodec(define({ a: z.string().nullable(), b: z.string().nullable() }));
    const row = rows.encode({ a: null, b: "green" });
    const strict = rowCodec(define({ a: z.string(), b: z.enum(["red"]) }));
    expect(errorOf(() => strict.decode(row))).toMatchObject({ code: "data", path: "row/Sample.a" });
    expect(errorOf(() => strict.view(row).get("a")).code).toBe("data");
    expect(errorOf(() => strict.view(row).get("b")).code).toBe("data");
  });
});

describe("bytes", () => {
  const rows = rowCodec(define({ a: z.string().nullable(), b: z.array(z.string().nullable()) }));

  test("contain nothing of earlier rows", () => {
    const before = hexOf(rows.encode({ a: null, b: [null, "x"] }));
    rows.encode({ a: "y".repeat(500), b: ["z".repeat(500)] });
    expect(hexOf(rows.encode({ a: null, b: [null, "x"] }))).toBe(before);
    expect(before).not.toMatch(/79|7a/);
  });

  test("are written into a buffer, or leave it unchanged", () => {
    const row = rows.encode({ a: "abc", b: [] });
    const buffer = new Uint8Array(row.length + 5).fill(0xee);
    expect(rows.encodeInto({ a: "abc", b: [] }, buffer, 4)).toBe(row.length);
    expect(buffer.subarray(4, 4 + row.length)).toEqual(row);
    expect(buffer[3]).toBe(0xee);
    expect(buffer[4 + row.length]).toBe(0xee);
    const full = buffer.slice();
    for (const offset of [6, -1, 0.5, Number.NaN, 1e9]) {
      const error = errorOf(() => rows.encodeInto({ a: "other", b: [] }, buffer, offset));
      expect(error.code).toBe("space");
    }
    expect(buffer).toEqual(full);
  });

  test("may be a Buffer, and a getter may encode", () => {
    const inner = hexOf(rows.encode({ a: "inner", b: [] }));
    let seen = "";
    const outer = rows.encode({
      b: ["b"],
      get a() {
        seen = hexOf(rows.encode({ a: "inner", b: [] }));
        return "outer";
      },
    });
    expect(seen).toBe(inner);
    expect(rows.decode(Buffer.from(outer))).toEqual({ a: "outer", b: ["b"] });
  });

  test("are limited", () => {
    const small = rowCodec(define({ a: z.string() }), { limits: { messageBytes: 64 } });
    expect(errorOf(() => small.encode({ a: "x".repeat(60) })).code).toBe("limit");
    expect(errorOf(() => small.encode({ a: "x".repeat(6000) })).code).toBe("limit");
    expect(errorOf(() => small.view(new Uint8Array(72))).code).toBe("limit");
    const flags = define({ a: z.array(z.boolean()) });
    const row = rowCodec(flags).encode({ a: new Array(10_000).fill(true) });
    const tight = rowCodec(flags, { limits: { graphBytes: 50_000 } });
    expect(errorOf(() => tight.decode(row)).code).toBe("limit");
    expect(errorOf(() => tight.view(row).get("a").toArray()).code).toBe("limit");
    expect(tight.view(row).get("a").at(9_999)).toBe(true);
  });
});

describe("types without a form in rows are refused with their path", () => {
  const Tree = wireType(
    "row/Tree",
    {
      get children() {
        return z.array(Tree);
      },
    },
    { scope: createTypeScope() },
  );
  const A = define({ kind: z.literal("a") }, "row/A");
  const B = define({ kind: z.literal("b") }, "row/B");

  test.each<[string, () => WireType, string]>([
    ["union", () => define({ u: z.union([A, B]) }), "row/Sample.u"],
    ["any", () => define({ list: z.array(z.any()) }), "row/Sample.list[]"],
    ["decimal", () => define({ price: decimal() }), "row/Sample.price"],
    ["uint64", () => define({ n: z.uint64() }), "row/Sample.n"],
    ["BigUint64Array", () => define({ n: z.instanceof(BigUint64Array) }), "row/Sample.n"],
    ["mixed enum", () => define({ e: z.enum({ a: "x", b: 1 }) }), "row/Sample.e"],
    ["recursive", () => Tree, "row/Tree.children[]"],
    [
      "nested",
      () => define({ inner: define({ deep: z.record(z.string(), z.unknown()) }, "row/In") }),
      "row/Sample.inner.deep[]",
    ],
  ])("%s", (_, type, path) => {
    expect(errorOf(() => rowCodec(type()))).toMatchObject({ code: "schema", path });
  });

  test("types that are not wire types, too deep or too wide are refused", () => {
    expect(errorOf(() => rowCodec(z.object({}) as never)).code).toBe("type");
    let deep: z.core.$ZodType = z.string();
    for (let i = 0; i < 60; i++) deep = z.array(deep);
    expect(errorOf(() => rowCodec(define({ deep }))).code).toBe("limit");
    // each type holds the previous one twice: fields double with every level
    let wide: WireType = define({ x: z.int() });
    for (let i = 0; i < 30; i++) wide = define({ a: wide, b: wide }, `row/Wide${i}`);
    expect(errorOf(() => rowCodec(wide)).code).toBe("limit");
  });
});

describe("schemas", () => {
  const type = define({ a: z.int32(), b: z.array(z.string()), c: z.map(z.string(), z.int()) });
  const rows = rowCodec(type);

  test("of one definition are equal", () => {
    rows.checkSchema(rowCodec(type).schemaBytes());
    const nullable = define({
      a: z.int32().optional(),
      b: z.array(z.string().nullable()),
      c: z.map(z.string(), z.int()),
    });
    rows.checkSchema(rowCodec(nullable).schemaBytes());
  });

  test("are copies", () => {
    rows.schemaBytes().fill(0);
    expect(parseRowSchema(rows.schemaBytes())).toEqual(rows.schema);
  });

  test.each<[string, z.core.$ZodLooseShape, string]>([
    [
      "another type",
      { a: z.int(), b: z.array(z.string()), c: z.map(z.string(), z.int()) },
      "row/Sample.a",
    ],
    [
      "another element",
      { a: z.int32(), b: z.array(z.int()), c: z.map(z.string(), z.int()) },
      "row/Sample.b[]",
    ],
    [
      "another key",
      { a: z.int32(), b: z.array(z.string()), c: z.map(z.int(), z.int()) },
      "row/Sample.c (key)",
    ],
    [
      "another kind",
      { a: z.int32(), b: z.string(), c: z.map(z.string(), z.int()) },
      "row/Sample.b",
    ],
    ["a missing field", { a: z.int32(), b: z.array(z.string()) }, "row/Sample"],
    [
      "another name",
      { a: z.int32(), bb: z.array(z.string()), c: z.map(z.string(), z.int()) },
      "row/Sample",
    ],
    [
      "a field more",
      { a: z.int32(), b: z.array(z.string()), c: z.map(z.string(), z.int()), d: z.int() },
      "row/Sample",
    ],
  ])("with %s are a mismatch", (_, shape, path) => {
    const theirs = rowCodec(define(shape, "row/Theirs")).schemaBytes();
    expect(errorOf(() => rows.checkSchema(theirs))).toMatchObject({ code: "mismatch", path });
  });
});

test("a row is read by its schema alone", () => {
  const rows = rowCodec(Order);
  const reader = rowReader(parseRowSchema(rows.schemaBytes()));
  const row = rows.encode(order);
  const view = reader.view(row);
  expect(view.get("customer_name")).toBe("Ada");
  expect(reader.decode(row)).toMatchObject({
    id: 7n,
    paid_at: null,
    points: order.points,
    scores: new Map(Object.entries(order.scores)),
    tags: ["new", "big"],
    numbers: [0.5, -1],
  });
  expect(errorOf(() => rowReader(rows.schema, { limits: { depth: 2 } })).code).toBe("limit");
});

test("a half-precision number of another language is read", () => {
  const schema = parseRowSchema(Uint8Array.from([1, 1, 0x41, 0, 17]));
  const row = new Uint8Array(16);
  row[9] = 0x3c;
  expect(rowReader(schema).decode(row)).toEqual({ a: 1 });
  expect(rowReader(schema).view(row).get("a")).toBe(1);
});

test("any value of any type round-trips", () => {
  fc.assert(
    fc.property(anyRow, (given) => {
      const { type, value } = buildRow({ name: "", schema: "", hex: "", ...given });
      const rows = rowCodec(type);
      const row = rows.encode(value);
      expect(row.length % 8).toBe(0);
      expect(rows.decode(row)).toEqual(value);
      expect(rows.view(row).toObject()).toEqual(value);
      const reader = rowReader(parseRowSchema(rows.schemaBytes()));
      expect(Object.keys(reader.decode(row)).sort()).toEqual(Object.keys(value).sort());
    }),
    { numRuns: 300 },
  );
});
