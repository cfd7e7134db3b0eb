// Values of another kind than their type are errors, also where every field may be absent.
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CodecError,
  createCodec,
  createTypeScope,
  typed,
  wireExt,
  wireType,
} from "../src/index.ts";
import { rowCodec } from "../src/row/index.ts";

const scope = createTypeScope();
class Other {
  x = 1;
}
class Money {
  cents = 1;
}
class Mine {
  text = "mine";
}
class Plain {
  text = "plain";
}
wireType("kinds/Other", { x: z.int().optional() }, { scope, class: Other });
wireExt("kinds/Money", {
  class: Money,
  form: z.int(),
  encode: ({ cents }) => cents,
  decode: () => new Money(),
  scope,
});
const Lax = wireType(
  "kinds/Lax",
  { text: z.string().default("d"), n: z.int().optional() },
  { scope },
);
const Bound = wireType("kinds/Mine", { text: z.string().default("d") }, { scope, class: Mine });
// required fields with the names of members that objects of other kinds have
const Length = wireType("kinds/Length", { length: z.int(), n: z.int().optional() }, { scope });
const Size = wireType("kinds/Size", { size: z.int() }, { scope });
const Message = wireType("kinds/Message", { message: z.string(), name: z.string() }, { scope });
const Strict = wireType(
  "kinds/Strict",
  { id: z.int(), flag: z.boolean(), list: z.array(z.int()) },
  { scope },
);

const wrong: readonly (readonly [string, unknown])[] = [
  ["a list", []],
  ["a promise", Promise.resolve({ text: "a" })],
  ["a thenable", Object.create({ ["th" + "en"]: () => undefined, constructor: Plain })],
  ["a Map", new Map([["text", "a"]])],
  ["a Set", new Set([1])],
  ["a Date", new Date(0)],
  ["bytes", new Uint8Array(3)],
  ["a buffer", new ArrayBuffer(2)],
  ["a view", new DataView(new ArrayBuffer(2))],
  ["a RegExp", /a/],
  ["an Error", new Error("message")],
  ["a function", () => ({ text: "a" })],
  ["a class", Plain],
  ["a boxed text", Object("text")],
  ["an iterator", [1].values()],
  ["a generator", (function* () {})()],
  ["a URL", new URL("https://example.com")],
  ["an instance of another wire type's class", new Other()],
  ["an instance of an ext's class", new Money()],
  ["a typed value", typed(z.string(), "a")],
  ["text", "text"],
  ["null", null],
  ["a number", 1],
];
const failure = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (reason) {
    if (reason instanceof CodecError) return [reason.code, reason.path];
    throw reason;
  }
};

const inside = {
  field: Lax.optional(),
  list: z.array(Lax).default([]),
  set: z.set(Lax).default(new Set()),
  map: z.map(z.int(), Lax).default(new Map()),
  record: z.record(z.string(), Lax).default({}),
};
const Outer = wireType("kinds/Outer", inside, { scope });
const Union = wireType("kinds/Union", { union: z.union([Lax, Bound]).optional() }, { scope });

const modes = [
  ["A", createCodec()],
  ["B", createCodec({ profile: "B" })],
  ["A without generated code", createCodec({ engine: "closures" })],
  ["json", createCodec({ mode: "json" })],
  ["native", createCodec({ mode: "native" })],
] as const;

describe.each([
  ...modes.map(([name, codec]) => [name, (type: never) => codec.type(type)] as const),
  ["row", (type: never) => rowCodec(type)] as const,
])("%s", (_mode, codecOf) => {
  const encode = (type: unknown, value: unknown) => codecOf(type as never).encode(value as never);

  test.each(wrong)("refuses %s for an object", (_name, value) => {
    for (const type of [Lax, Bound, Length, Size, Message, Strict]) {
      expect(failure(() => encode(type, value))).toEqual([
        "value",
        expect.stringMatching(/^kinds\/\w+(?:\.\w+)?$/),
      ]);
    }
  });

  test.each(wrong.filter(([, value]) => value !== null))("refuses %s inside", (_name, value) => {
    for (const [given, path] of [
      [{ field: value }, "kinds/Outer.field"],
      [{ list: [{}, value] }, "kinds/Outer.list[1]"],
      [{ set: new Set([value]) }, "kinds/Outer.set[0]"],
      [{ map: new Map([[1, value]]) }, 'kinds/Outer.map["1"]'],
      [{ record: { a: value } }, 'kinds/Outer.record["a"]'],
    ] as const) {
      expect(failure(() => encode(Outer, given))).toEqual(["value", path]);
    }
  });

  test("refuses other objects for a record", () => {
    for (const [, value] of wrong) {
      if (value instanceof Other || value instanceof Money) continue;
      const result = failure(() => encode(Outer, { record: value }));
      expect(result).toEqual(["value", "kinds/Outer.record"]);
    }
  });

  test("accepts plain objects, and instances of classes without a type of their own", () => {
    const read = (value: unknown) => {
      const codec = codecOf(Lax as never);
      return { ...(codec.decode(codec.encode(value as never)) as object) };
    };
    expect(read({})).toEqual({ text: "d", n: undefined });
    expect(read(Object.assign(Object.create(null), { text: "a" }))).toMatchObject({ text: "a" });
    expect(read(new Plain())).toMatchObject({ text: "plain" });
    expect(failure(() => encode(Bound, new Mine()))).toBeInstanceOf(Uint8Array);
    expect(failure(() => encode(Bound, new (class extends Mine {})()))).toBeInstanceOf(Uint8Array);
    expect(failure(() => encode(Bound, {}))).toBeInstanceOf(Uint8Array);
  });
});

test.each(modes)("%s refuses other objects for a union", (_mode, codec) => {
  for (const [name, value] of wrong) {
    if (value === null || name === "an instance of another wire type's class") continue;
    const result = failure(() => codec.encode(Union, { union: value as never }));
    expect([name, result]).toEqual([name, ["value", "kinds/Union.union"]]);
  }
});

describe("json", () => {
  const json = createCodec({ mode: "json" });
  const bytes = (text: string) => new TextEncoder().encode(text);

  test("refuses numbers beyond the range", () => {
    const Any = wireType("kinds/Any", { num: z.number().default(0), any: z.any() }, { scope });
    for (const text of [
      '{"num":1e999}',
      '{"num":-1e999}',
      '{"any":1e999}',
      '{"any":[{"a":1e400}]}',
    ]) {
      expect(failure(() => json.decode(Any, bytes(text)))).toEqual(["data", expect.any(String)]);
    }
  });

  test("refuses keys that are the same text", () => {
    const Any = wireType("kinds/AnyMap", { any: z.any() }, { scope });
    const any = new Map<unknown, string>([
      [1, "a"],
      ["1", "b"],
    ]);
    expect(failure(() => json.encode(Any, { any }))).toEqual(["value", 'kinds/AnyMap.any["1"]']);
    const mixed = z.map(z.enum({ One: 1, Text: "1" } as const), z.int());
    const Mixed = wireType("kinds/MixedMap", { mixed }, { scope });
    const map = new Map([[1 as const, 2]]);
    expect(failure(() => json.encode(Mixed, { mixed: map }))).toEqual([
      "value",
      'kinds/MixedMap.mixed["1"]',
    ]);
  });

  test("reads the keys of every enum", () => {
    const keys = z.enum({ Half: 0.5, Big: 1e21, Minus: -1, Text: "t" } as const);
    const Keyed = wireType("kinds/Keyed", { map: z.map(keys, z.int()) }, { scope });
    const map = new Map<z.infer<typeof keys>, number>([
      [0.5, 1],
      [1e21, 2],
      [-1, 3],
      ["t", 4],
    ]);
    expect(json.decode(Keyed, json.encode(Keyed, { map }))).toEqual({ map });
  });
});

test.each(modes)("%s carries TypeScript enums", (_mode, codec) => {
  // the object of: enum Color { Red, Green = 5, Crimson = 0, Minus = -1, Half = 0.5 }
  const Color = {
    Red: 0,
    Green: 5,
    Crimson: 0,
    Minus: -1,
    Half: 0.5,
    0: "Crimson",
    5: "Green",
    "-1": "Minus",
    "0.5": "Half",
  } as unknown as { readonly Red: 0; readonly Green: 5; readonly Minus: -1; readonly Half: 0.5 };
  const Colored = wireType("kinds/Colored", { color: z.enum(Color) }, { scope: createTypeScope() });
  for (const color of [Color.Red, Color.Green, Color.Minus, Color.Half]) {
    expect(codec.decode(Colored, codec.encode(Colored, { color }))).toEqual({ color });
  }
  expect(failure(() => codec.encode(Colored, { color: "Red" as never }))).toEqual([
    "value",
    "kinds/Colored.color",
  ]);
});
