import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CodecError,
  createCodec,
  createTypeScope,
  type WireExtOptions,
  wireExt,
  wireType,
  wireUnion,
} from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";
import { rowCodec } from "../../src/row/index.ts";

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}
class Box {
  readonly inside: unknown;
  constructor(inside: unknown) {
    this.inside = inside;
  }
}
const scope = createTypeScope();
const Price = wireExt("ext/Money", {
  class: Money,
  form: z.string(),
  encode: (money) => String(money.cents),
  decode: (text) => {
    if (!/^\d+$/.test(text)) throw new Error("no number of cents");
    return new Money(Number(text));
  },
  scope,
});
const Boxed = wireExt("ext/Box", {
  class: Box,
  form: z.any(),
  encode: (box) => box.inside,
  decode: (inside) => new Box(inside),
  scope,
});
const Paid = wireType(
  "ext/Paid",
  {
    one: Price,
    none: Price.optional(),
    all: z.array(Price),
    by: z.map(z.string(), Price),
    any: z.any(),
    box: Boxed.nullable(),
    either: wireUnion("ext/Either", { 0: Price, 1: z.int() }, { scope }),
  },
  { scope },
);
const native = nativeCodec({ scope });
const typed = createCodec({ mode: "native" }).type(Paid);
const encoder = new TextEncoder();

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

/** Makes a message of one ext: id, tag, size of the form, form. */
function message(tag: string, form: readonly number[], size = form.length): Uint8Array {
  const text = [21, tag.length << 2, ...encoder.encode(tag)];
  return Uint8Array.of(0, 1, 12, 0x6a, 0x73, 0x31, 32, ...text, size, ...form);
}

const text = (value: string): number[] => [21, value.length << 2, ...encoder.encode(value)];

test("instances round-trip in fields, containers, unions and places of any type", () => {
  const value = {
    one: new Money(1),
    none: undefined,
    all: [new Money(2), new Money(3)],
    by: new Map([["k", new Money(4)]]),
    any: { deep: [new Money(5)] },
    box: new Box({ money: new Money(6), more: new Box(null) }),
    either: { case: 0 as const, value: new Money(7) },
  };
  expect(typed.decode(typed.encode(value))).toEqual(value);
  expect(native.decode(native.encode(value))).toEqual(value);
  expect(typed.decode(native.encode(value))).toEqual(value);
});

test("an instance keeps its identity, and its form shares nothing with the rest", () => {
  const money = new Money(1);
  const shared = { a: 1 };
  const given = { money, again: money, shared, box: new Box([shared, shared]) };
  const back = native.decode(native.encode(given)) as typeof given;
  expect(back.again).toBe(back.money);
  const [first, second] = back.box.inside as readonly unknown[];
  expect(first).toEqual(shared);
  expect(second).toBe(first);
  expect(first).not.toBe(back.shared);
});

test("views of one buffer share it inside a form", () => {
  const buffer = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer;
  const parts = [new Uint8Array(buffer, 0, 5), new Uint8Array(buffer, 3, 5), "text"];
  const back = native.decode(native.encode([new Box(parts), "text", new Box(["text"])]));
  const [box, outside, again] = back as [Box, string, Box];
  const [low, high] = box.inside as readonly Uint8Array[];
  expect([low, high]).toEqual(parts.slice(0, 2));
  expect(high?.buffer).toBe(low?.buffer);
  expect([outside, again.inside]).toEqual(["text", ["text"]]);
});

test("records around and inside forms keep their shapes", () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ x: i, box: new Box({ x: i, box: null }) }));
  expect(native.decode(native.encode(rows))).toEqual(rows);
});

test("forms may have any type with a wire form", () => {
  const types = createTypeScope();
  class Pair {
    readonly parts: readonly unknown[];
    constructor(...parts: readonly unknown[]) {
      this.parts = parts;
    }
  }
  const Half = wireType("ext/Half", { n: z.int() }, { scope: types });
  const encode = ({ parts }: Pair) => parts[0] as never;
  const decode = (form: unknown) => new Pair(form);
  const forms: readonly (readonly [z.ZodType, unknown])[] = [
    [Half, { n: 1 }],
    [z.array(Half).nullable(), null],
    [z.array(Half).nullable(), [{ n: 2 }]],
    [z.instanceof(Float64Array), Float64Array.of(0.5)],
    [z.map(z.int(), z.date()), new Map([[1, new Date(5)]])],
    [z.string().optional(), undefined],
  ];
  for (const [i, [form, value]] of forms.entries()) {
    const options = { class: Pair, form, encode, decode } as WireExtOptions<Pair, z.ZodType>;
    const Type = wireExt(`ext/Pair${i}`, { ...options, scope: createTypeScope() });
    const codec = createCodec({ mode: "native" });
    const given = new Pair(value);
    expect(codec.decode(Type, codec.encode(Type, given))).toEqual(given);
  }
});

describe("errors have a path", () => {
  test("in values to encode", () => {
    const paid = {
      one: new Money(1),
      all: [],
      by: new Map(),
      box: null,
      either: { case: 1, value: 1 },
    };
    const bad: readonly (readonly [object, string])[] = [
      [{ ...paid, one: "1" }, "ext/Paid.one: expected a Money (ext/Money), got string"],
      [{ ...paid, all: [new Box(1)] }, "ext/Paid.all[0]: expected a Money (ext/Money), got Box"],
      [{ ...paid, one: undefined }, "ext/Paid.one: is missing"],
      [{ ...paid, any: [new Box(() => 1)] }, "ext/Paid.any[0]: a function has no form on the wire"],
    ];
    for (const [value, message] of bad) {
      expect(failure(() => typed.encode(value as never)).message).toContain(message);
    }
    let deep: unknown = 1;
    for (let i = 0; i < 60; i++) deep = new Box(deep);
    expect(failure(() => native.encode(deep)).code).toBe("limit");
    const circle: { box?: Box } = {};
    circle.box = new Box(circle);
    expect(failure(() => native.encode(circle)).code).toBe("limit");
  });

  test.each<[string, Uint8Array, string, string]>([
    [
      "an unknown tag",
      message("ext/Unknown", text("1")),
      "mismatch",
      "ext/Unknown is not known here",
    ],
    [
      "a form of another type",
      message("ext/Money", [161]),
      "data",
      "expected a string, got number",
    ],
    ["a form that its type refuses", message("ext/Money", text("x")), "data", "ext/Money: reading"],
    ["bytes behind a form", message("ext/Money", [...text("1"), 160]), "data", "1 bytes are left"],
    ["a form that ends early", message("ext/Money", text("12"), 3), "data", ""],
    ["a size beyond the message", message("ext/Money", text("1"), 100), "data", "100 more bytes"],
    ["a form that refers outside", message("ext/Box", [66, 0]), "data", "the unknown object 0"],
    ["a text from outside", message("ext/Box", [67, 0]), "data", "the unknown text 0"],
    ["a shape from outside", message("ext/Box", [96]), "data", "the unknown shape 0"],
  ])("in bytes: %s", (_, bytes, code, text) => {
    const error = failure(() => native.decode(bytes));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
    expect(native.decode(message("ext/Money", [21, 4, 0x37]))).toEqual(new Money(7));
  });

  test("refuses an instance of another class than the declared one", () => {
    const bytes = native.encode({
      one: new Box(1),
      none: undefined,
      all: [],
      by: new Map(),
      any: 1,
      box: null,
      either: { case: 1, value: 1 },
    });
    expect(failure(() => typed.decode(bytes))).toMatchObject({
      code: "data",
      path: "ext/Paid.one",
    });
  });
});

test("depth and memory count for the whole message", () => {
  const nested = (levels: number): readonly number[] =>
    levels === 0 ? [160] : [...message("ext/Box", nested(levels - 1)).subarray(6)];
  const deep = Uint8Array.of(0, 1, 12, 0x6a, 0x73, 0x31, ...nested(6));
  expect(native.decode(deep)).toBeInstanceOf(Box);
  const shallow = nativeCodec({ scope, limits: { depth: 5 } });
  expect(failure(() => shallow.decode(deep)).code).toBe("limit");
  const many = native.encode(Array.from({ length: 100 }, () => new Box([])));
  expect(native.decode(many)).toHaveLength(100);
  const small = nativeCodec({ scope, limits: { graphBytes: 4_000 } });
  expect(failure(() => small.decode(many)).code).toBe("limit");
});

test("rows refuse exts and name an alternative", () => {
  const Row = wireType("ext/Row", { one: Price }, { scope });
  expect(failure(() => rowCodec(Row))).toMatchObject({
    code: "schema",
    path: "ext/Row.one",
    message: "ext/Row.one: an ext has no form in rows; use the type of its form",
  });
});
