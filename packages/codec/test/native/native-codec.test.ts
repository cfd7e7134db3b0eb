import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { CodecError, createCodec } from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";
import { hexOf } from "../support/fixture.ts";
import { sameGraph } from "../support/graph.ts";
import fc from "../support/property.ts";

const codec = nativeCodec();
const head = "00010c6a7331";

function trip<T>(value: T): T {
  return codec.decode(codec.encode(value)) as T;
}

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

const entries = Array.from({ length: 100 }, (_, i) => [`key ${i}`, i] as const);

describe("every kind of value arrives like a structured clone", () => {
  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["booleans", [true, false]],
    ["small integers", [-33, -32, -1, 0, 1, 95, 96]],
    ["integers of 32 bits", [2 ** 31 - 1, -(2 ** 31), 2 ** 31, -(2 ** 31) - 1]],
    ["safe integers", [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1_795_251_600_000]],
    ["beyond them", [2 ** 53, -(2 ** 60), 1e300, Number.MIN_VALUE]],
    ["zeros", [0, -0, { a: -0 }]],
    ["no numbers", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ["doubles", [0.5, 1, -0, Number.NaN, 1.25]],
    ["many doubles", Array.from({ length: 40 }, (_, i) => i / 3)],
    ["bigints of 64 bits", [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]],
    ["longer bigints", [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n, -(3n ** 700n), 16n ** 501n]],
    ["text", ["", "a", "é", "日本", "🚀", "x".repeat(10_000), "日".repeat(5_000), "\u0000"]],
    ["lone surrogates", ["\ud800", "a\udc00b", "\udfff".repeat(9_000), "日\ud800"]],
    ["keys of all alphabets", { é: 1, 日本: 2, "\ud800": 3, "": 4, "a b": 5, 7: 6 }],
    ["dates", [new Date(0), new Date(-1), new Date(8.64e15), new Date(Number.NaN)]],
    ["regular expressions", [/a+(?<name>b)/giu, /\//, /(?:)/]],
    ["boxed values", [Object(true), Object(0), Object("s"), Object(5n), Object("x".repeat(70))]],
    [
      "a map",
      new Map<unknown, unknown>([
        [1, "a"],
        [{ k: 1 }, new Map()],
        [Number.NaN, undefined],
      ]),
    ],
    ["a set", new Set<unknown>(["b", "a", { x: 1 }, new Set([1])])],
    ["holes", Object.assign(new Array(4), { 0: 1, 2: 3 })],
    ["only holes", new Array(5)],
    ["undefined, which is not a hole", [undefined, 1]],
    ["empty ones", [[], {}, new Map(), new Set(), new Uint8Array(0), new ArrayBuffer(0)]],
    ["a dictionary", Object.fromEntries(entries)],
    ["keys with undefined", { a: undefined, b: null }],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 })],
    ["a hundred of a shape", entries.map(([name, n]) => ({ name, n, half: n / 2, in: { n } }))],
    ["fifty shapes", entries.slice(0, 50).flatMap(([name, n]) => [{ [name]: n }, { [name]: 1 }])],
    ["a buffer", new Uint8Array([1, 2, 3]).buffer],
    ["bytes", new Uint8Array([1, 2, 3])],
    [
      "typed arrays",
      [
        new Int8Array([-1]),
        new Uint8ClampedArray([300]),
        new Int16Array([-2]),
        new Uint16Array([65_535]),
        new Int32Array([-3]),
        new Uint32Array([2 ** 32 - 1]),
        new Float32Array([0.5]),
        new Float64Array([Math.PI, -0]),
        new BigInt64Array([-(2n ** 63n)]),
        new BigUint64Array([2n ** 64n - 1n]),
        new DataView(new ArrayBuffer(4), 1, 2),
      ],
    ],
  ])("%s", (_, value) => {
    const copy = trip(value);
    expect(isDeepStrictEqual(copy, structuredClone(value))).toBe(true);
    expect(sameGraph(copy, structuredClone(value))).toBe(true);
  });

  test("random values round-trip", () => {
    const anything = fc.anything({
      maxDepth: 4,
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    });
    fc.assert(
      fc.property(anything, (value) => isDeepStrictEqual(trip(value), structuredClone(value))),
      { numRuns: 1_000 },
    );
  });

  test("random graphs round-trip with their sharing and cycles", () => {
    const edges = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 31 }), edges, (size, pairs) => {
        const nodes = Array.from({ length: size }, (_, i): unknown[] | { out: unknown[] } =>
          i % 2 ? [] : { out: [] },
        );
        for (const [from, to] of pairs) {
          const node = nodes[from % size];
          (Array.isArray(node) ? node : node?.out)?.push(nodes[to % size]);
        }
        return sameGraph(trip(nodes), structuredClone(nodes));
      }),
      { numRuns: 300 },
    );
  });
});

describe("identity", () => {
  test("keeps shared values shared and cycles closed", () => {
    const shared = { z: 1 };
    const copy = trip({ a: shared, b: [shared], c: new Map([[shared, shared]]) });
    expect(copy.a).toBe(copy.b[0]);
    expect([...copy.c.entries()][0]).toEqual([copy.a, copy.a]);
    const cyclic: Record<string, unknown> = { name: "x" };
    cyclic.self = cyclic;
    cyclic.set = new Set([cyclic]);
    const back = trip(cyclic);
    expect(back.self).toBe(back);
    expect((back.set as Set<unknown>).has(back)).toBe(true);
    const date = new Date();
    const dates = trip([date, date, new Date(date)]);
    expect(dates[0]).toBe(dates[1]);
    expect(dates[2]).not.toBe(dates[0]);
    const error = new Error("x");
    error.cause = error;
    const own = trip(error);
    expect(own.cause).toBe(own);
  });

  test("writes an object in many places once", () => {
    const big = { text: "x".repeat(1_000) };
    const bytes = codec.encode(new Array(1_000).fill(big));
    expect(bytes.length).toBeLessThan(4_000);
    expect(new Set(codec.decode(bytes) as unknown[]).size).toBe(1);
  });

  test("writes shapes and texts once", () => {
    const one = codec.encode([{ identifier: 1, description: "the same text" }]).length;
    const many = new Array(100)
      .fill(0)
      .map((_, i) => ({ identifier: i % 90, description: "the same text" }));
    expect(codec.encode(many).length).toBeLessThan(one + 100 * 5);
    expect(trip(many)).toEqual(many);
  });

  test("keeps the shared memory of views of one buffer", () => {
    const buffer = new ArrayBuffer(32);
    new Uint8Array(buffer).forEach((_, i, all) => {
      all[i] = i;
    });
    const views = {
      low: new Uint8Array(buffer, 0, 8),
      high: new Uint8Array(buffer, 8, 8),
      all: buffer,
      doubles: new Float64Array(buffer, 16, 2),
      data: new DataView(buffer, 3, 5),
    };
    const copy = trip(views);
    expect(isDeepStrictEqual(copy, structuredClone(views))).toBe(true);
    for (const view of [copy.low, copy.high, copy.doubles, copy.data]) {
      expect(view.buffer).toBe(copy.all);
    }
    copy.low[3] = 99;
    expect(copy.data.getUint8(0)).toBe(99);
    const reverse = trip([views.all, views.low]);
    expect((reverse[1] as Uint8Array).buffer).toBe(reverse[0]);
    const whole = trip([new Uint8Array(buffer), buffer] as const);
    expect(whole[0].buffer).toBe(whole[1]);
    const nested = trip([new Uint8Array(buffer, 3, 20), new Float64Array(buffer, 8, 1)] as const);
    expect(nested[0].buffer).toBe(nested[1].buffer);
    expect(isDeepStrictEqual(nested[1], new Float64Array(buffer, 8, 1))).toBe(true);
    const [clamped] = trip([
      new Uint8ClampedArray(buffer, 4, 4),
      new DataView(buffer, 4, 4),
    ] as const);
    expect([...clamped]).toEqual([4, 5, 6, 7]);
  });

  test("does not send bytes of a buffer outside of its views", () => {
    const pool = new Uint8Array(4_096).fill(0x5a);
    const parts = [
      pool.subarray(101, 103),
      pool.subarray(102, 105),
      new DataView(pool.buffer, 200, 3),
      pool.subarray(4_000, 4_001),
    ];
    for (const one of parts) new Uint8Array(one.buffer, one.byteOffset, one.byteLength).fill(1);
    const bytes = codec.encode(parts);
    expect(bytes.length).toBeLessThan(80);
    expect(bytes.includes(0x5a)).toBe(false);
    const copy = codec.decode(bytes) as Uint8Array[];
    expect(copy.map((one) => one.byteLength)).toEqual([2, 3, 3, 1]);
    expect(copy[0]?.buffer).toBe(copy[1]?.buffer);
    expect(copy[2]?.buffer).not.toBe(copy[1]?.buffer);
  });

  test("handles hundreds of views of one buffer", () => {
    const buffer = new ArrayBuffer(8_192);
    const views = Array.from({ length: 300 }, (_, i) => new Uint8Array(buffer, i * 24, 16));
    expect(isDeepStrictEqual(trip(views), views)).toBe(true);
  });
});

describe("errors", () => {
  test.each([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])(
    "%o",
    (Class) => {
      const error = new Class("what happened", { cause: { code: 7 } });
      const copy = trip(error);
      expect(Object.getPrototypeOf(copy)).toBe(Class.prototype);
      expect(copy).toMatchObject({
        name: Class.name,
        message: "what happened",
        cause: { code: 7 },
      });
      expect(Object.keys(copy)).toEqual([]);
      expect(copy.stack).toBe(`${Class.name}: what happened`);
    },
  );

  test("keep the name of a subclass, and several errors", () => {
    class Refused extends TypeError {
      override readonly name = "Refused";
    }
    const copy = trip(new Refused("no"));
    expect(Object.getPrototypeOf(copy)).toBe(TypeError.prototype);
    expect(copy).toMatchObject({ name: "Refused", message: "no" });
    const several = trip(new AggregateError([new Error("a"), "b"], "all"));
    expect(several).toBeInstanceOf(AggregateError);
    expect(several.errors).toMatchObject([{ message: "a" }, "b"]);
    expect(Object.hasOwn(trip(new Error()), "message")).toBe(false);
    expect(trip(new DOMException("stop", "AbortError"))).toMatchObject({
      name: "AbortError",
      message: "stop",
    });
  });
});

describe("keys with a meaning in JavaScript", () => {
  const evil = (): object =>
    JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"then":3,"toString":4}');

  test("are own data of plain objects, also in generated code", () => {
    for (const value of [evil(), new Array(40).fill(0).map(evil)]) {
      const copy = trip(value);
      expect(isDeepStrictEqual(copy, value)).toBe(true);
      const one = (Array.isArray(copy) ? copy[39] : copy) as object;
      expect(Object.getPrototypeOf(one)).toBe(Object.prototype);
      expect(Object.keys(one)).toEqual(["__proto__", "constructor", "then", "toString"]);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const many = Object.fromEntries([...entries, ["valueOf", 1]]);
    Object.defineProperty(many, "__proto__", { value: 2, enumerable: true });
    expect(isDeepStrictEqual(Object.entries(trip(many)), Object.entries(many))).toBe(true);
  });

  test("are not sent if all objects inherit them", () => {
    const prototype = Object.prototype as { inherited?: number };
    trip([{ own: 1 }, { own: 1, inherited: 1 }]);
    let size = 0;
    try {
      prototype.inherited = 1;
      size = codec.encode({ own: 1 }).length;
    } finally {
      delete prototype.inherited;
    }
    expect(size).toBe(codec.encode({ own: 1 }).length);
    expect(size).toBe(head.length / 2 + 7);
  });

  test("do not become code", () => {
    const keys = ["a;globalThis.broken=1", '"]', "\u2028", "*/", "x y"];
    const record = (): object => Object.fromEntries(keys.map((key) => [key, key]));
    const list = Array.from({ length: 50 }, record);
    expect(trip(list)).toEqual(list);
    expect(trip(list)).toEqual(list);
    expect((globalThis as Record<string, unknown>).broken).toBeUndefined();
  });
});

describe("values without a form", () => {
  class Unknown {
    readonly x = 1;
  }
  test.each<[string, unknown, string, RegExp]>([
    ["a function", { a: [{ b: () => 1 }] }, "value.a[0].b", /a function has no form/],
    ["a symbol", [Symbol("s")], "value[0]", /a symbol has no form/],
    ["a boxed symbol", [Object(Symbol("s"))], "value[0]", /a Symbol has no form/],
    [
      "an unknown class",
      { list: new Set([new Unknown()]) },
      "value.list[0]",
      /a Unknown has no form.*wire type/,
    ],
    ["a WeakMap", new Map([["k", new WeakMap()]]), 'value["k"]', /WeakMap/],
    ["a promise", [Promise.resolve()], "value[0]", /Promise/],
    ["a proxied class", [new Proxy(new Unknown(), {})], "value[0]", /has no form/],
    ["shared memory", { m: new Uint8Array(new SharedArrayBuffer(4)) }, "value.m", /shared memory/],
    ["shared memory itself", { m: new SharedArrayBuffer(4) }, "value.m", /SharedArrayBuffer/],
    ["an imitation", [Object.create(Map.prototype)], "value[0]", /threw/],
  ])("%s", (_, value, path, text) => {
    const error = failure(() => codec.encode(value));
    expect(error).toMatchObject({ code: "value", path });
    expect(error.message).toMatch(text);
    expect(trip({ good: true })).toEqual({ good: true });
  });

  test("a getter that throws, or changes the value that is read", () => {
    const thrower = {
      get x() {
        throw new Error("mine");
      },
    };
    expect(failure(() => codec.encode({ a: thrower }))).toMatchObject({
      code: "value",
      path: "value.a.x",
    });
    const map = new Map<string, unknown>();
    map.set("a", {
      get x() {
        map.set(`more ${map.size}`, 1);
        return 1;
      },
    });
    expect(failure(() => codec.encode(map))).toMatchObject({ code: "value" });
    const inner = {
      get x() {
        return hexOf(codec.encode({ deep: [inner2, inner2] }));
      },
    };
    const inner2 = { y: "a text" };
    const copy = trip({ inner, a: inner2, b: inner2, c: { y: "a text" } });
    expect(copy.a).toBe(copy.b);
    expect(copy).toMatchObject({ a: { y: "a text" }, c: { y: "a text" } });
    expect(codec.decode(Buffer.from(copy.inner.x, "hex"))).toEqual({ deep: [inner2, inner2] });
  });
});

describe("bytes", () => {
  test.each<[string, unknown, string]>([
    ["null", null, "24"],
    ["an integer", 3, "a3"],
    ["a longer one", 100, "05c801"],
    ["text", "hi", "15086869"],
    ["doubles", [0.5], "16010814000000000000e03f"],
    ["records", [{ a: 1 }, { a: 2 }], "1602004d020461a160a2"],
    ["a reference", [[], []].map((_, __, all) => all[0]), "160200160042" + "01"],
  ])("%s", (_, value, hex) => {
    expect(hexOf(codec.encode(value))).toBe(head + hex);
    expect(codec.decode(Buffer.from(head + hex, "hex"))).toEqual(value);
  });

  test("are written into a buffer, and read from a Buffer", () => {
    const buffer = new Uint8Array(20);
    const size = codec.encodeInto({ a: 1 }, buffer, 4);
    expect(codec.decode(buffer.subarray(4, 4 + size))).toEqual({ a: 1 });
    expect(codec.decode(Buffer.from(codec.encode([1, 2])))).toEqual([1, 2]);
    for (const offset of [15, 21, -1, 0.5, Number.NaN]) {
      expect(failure(() => codec.encodeInto({ a: 1 }, buffer, offset))).toMatchObject({
        code: "space",
      });
    }
  });

  test("of decoded values are not views of the message", () => {
    const bytes = codec.encode(new Uint8Array([1, 2, 3]));
    const copy = codec.decode(bytes) as Uint8Array;
    bytes.fill(0);
    expect([...copy]).toEqual([1, 2, 3]);
  });

  test("createCodec knows the mode by its name", () => {
    expect(createCodec({ mode: "native" }).mode).toBe("native");
  });
});
