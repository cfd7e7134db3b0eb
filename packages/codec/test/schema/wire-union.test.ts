import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CodecError,
  type CodecOptions,
  createCodec,
  createTypeScope,
  TypedValue,
  typed,
  wireEnum,
  wireType,
  wireTypeInfo,
  wireUnion,
} from "../../src/index.ts";
import { jsonSchemaOf } from "../../src/json/json-schema.ts";
import { nativeCodec } from "../../src/native/index.ts";
import { rowCodec } from "../../src/row/index.ts";
import { bytesOf, hexOf } from "../support/fixture.ts";

const scope = createTypeScope();
const Point = wireType("vec/Point", { x: z.int32(), y: z.int32() }, { scope });
const Contact = wireUnion("vec/Contact", { 0: z.string(), 1: z.int32(), 2: Point }, { scope });
const One = wireType("vec/One", { v: Contact }, { scope });
const Reach = wireUnion("vec/Reach", { 0: z.string(), 1: z.int32() }, { id: 55, scope });
type Expression = { case: 0; value: number } | { case: 1; value: Expression[] };
const Expression: z.ZodType<Expression> = wireUnion(
  "vec/Expression",
  { 0: z.int(), 1: z.array(z.lazy((): z.ZodType => Expression)) },
  { scope },
) as never;

const ways: readonly (readonly [string, CodecOptions])[] = [
  ["A, generated", { engine: "generated" }],
  ["A, closures", { engine: "closures" }],
  ["A with references", { refs: true, ids: true }],
  ["B, generated", { profile: "B", engine: "generated" }],
  ["B, closures", { profile: "B", engine: "closures" }],
  ["B with references", { profile: "B", refs: true }],
  ["B without definitions", { profile: "B", compatible: false }],
  ["JSON", { mode: "json" }],
  ["NATIVE", { mode: "native" }],
];
const binary = ways.filter(([, { mode }]) => mode === undefined);

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

describe.each(ways)("%s", (_, options) => {
  const codec = createCodec({ ...options, scope });

  test("values round-trip, alone and in fields", () => {
    for (const value of [
      { case: 0, value: "q" },
      { case: 1, value: -5 },
      { case: 2, value: { x: 1, y: 2 } },
    ] as const) {
      expect(codec.decode(Contact, codec.encode(Contact, value))).toEqual(value);
      expect(codec.decode(One, codec.encode(One, { v: value }))).toEqual({ v: value });
    }
  });

  test("a union may hold itself, up to the limit of depth", () => {
    const sum: Expression = {
      case: 1,
      value: [
        { case: 0, value: 7 },
        { case: 1, value: [{ case: 0, value: -1 }] },
      ],
    };
    expect(codec.decode(Expression, codec.encode(Expression, sum))).toEqual(sum);
    const nested = (depth: number): Expression =>
      depth === 0 ? { case: 0, value: 1 } : { case: 1, value: [nested(depth - 1)] };
    expect(failure(() => codec.encode(Expression, nested(60))).code).toBe("limit");
    const deep = createCodec({ ...options, scope, limits: { depth: 300 } });
    const bytes = deep.encode(Expression, nested(60));
    expect(failure(() => codec.decode(Expression, bytes)).code).toBe("limit");
  });

  test("refuses other values with their path", () => {
    const bad: readonly (readonly [unknown, string])[] = [
      [{ case: 3, value: "x" }, "vec/One.v.case: 3 is not one of the cases 0, 1, 2"],
      [{ case: "0", value: "x" }, 'vec/One.v.case: "string" is not one of the cases 0, 1, 2'],
      [{ value: "x" }, 'vec/One.v.case: "undefined" is not one of the cases 0, 1, 2'],
      [{ case: 0, value: 1 }, "vec/One.v.value: expected a string, got number"],
      [{ case: 0 }, "vec/One.v.value: is missing"],
      [{ case: 2, value: { x: 1 } }, "vec/One.v.value.y: is missing"],
      ["x", "expected an object of case and value (vec/Contact), got string"],
    ];
    for (const [v, text] of bad) {
      const { code, message } = failure(() => codec.encode(One, { v } as never));
      expect(code).toBe("value");
      expect(message).toContain(text);
    }
  });
});

describe.each(binary)("%s", (_, options) => {
  const codec = createCodec({ ...options, scope });
  const Any = wireType("vec/AnyPlace", { v: z.any() }, { scope });

  test("carries its type in a place of any type, on both sides", () => {
    const value = { case: 1, value: 5 } as const;
    const { v } = codec.decode(Any, codec.encode(Any, { v: typed(Reach, value) }));
    expect(v).toBeInstanceOf(TypedValue);
    expect(v.value).toEqual(value);
    expect(codec.decode(Any, codec.encode(Any, { v }))).toEqual({ v });
  });

  test("refuses a case that only its writer has, and accepts one with a wider type", () => {
    const other = createTypeScope();
    const Newer = wireUnion(
      "vec/Contact",
      { 0: z.string(), 1: z.int(), 2: z.date(), 9: z.string() },
      { scope: other },
    );
    const NewerOne = wireType("vec/One", { v: Newer }, { scope: other });
    const { code, message } = failure(() =>
      codec.decode(One, codec.encode(NewerOne, { v: { case: 9, value: "x" } })),
    );
    expect(code).toBe("mismatch");
    expect(message).toContain("vec/One.v.case: 9 is not one of the cases 0, 1, 2");
    const wide = codec.encode(NewerOne, { v: { case: 1, value: 7 } });
    expect(codec.decode(One, wide)).toEqual({ v: { case: 1, value: 7 } });
    const dated = codec.encode(NewerOne, { v: { case: 2, value: new Date(0) } });
    expect(failure(() => codec.decode(One, dated))).toMatchObject({ path: "vec/One.v.value" });
  });

  test("accepts null only in cases that allow it", () => {
    const Maybe = wireUnion(
      "vec/Maybe",
      { 0: z.string().nullable(), 1: z.int().optional(), 2: z.any() },
      { scope },
    );
    const Held = wireType("vec/Held", { v: Maybe }, { scope });
    for (const v of [
      { case: 0, value: null },
      { case: 1, value: undefined },
      { case: 2, value: null },
    ] as const) {
      expect(codec.decode(Held, codec.encode(Held, { v }))).toEqual({ v });
    }
  });
});

test("writes the bytes of pyfory", () => {
  const b = createCodec({ profile: "B", scope });
  const text = { case: 0, value: "q" } as const;
  expect(hexOf(b.encode(Reach, { case: 1, value: -5 }))).toBe("01ff223701ff0509");
  expect(hexOf(createCodec({ scope, ids: true }).encode(Reach, text))).toBe("02ff223700ff150471");
  const named = createCodec({ profile: "B", compatible: false, scope });
  expect(hexOf(named.encode(Contact, { case: 2, value: { x: 1, y: 2 } }))).toBe(
    "01ff23040154820a0309cd98053002ff1d030803bdc86cc068608b240204",
  );
  const Cards = wireType("vec/One", { v: z.array(Contact) }, { scope: createTypeScope() });
  const both = { v: [text, { case: 1, value: 5 } as const] };
  const hex = "01ff1e000c501142590edb61e10954820b39a44016840154020c00ff15047101ff050a";
  expect(hexOf(b.encode(Cards, both))).toBe(hex);
  expect(b.decode(Cards, bytesOf(hex))).toEqual(both);
});

test("keeps shared values inside a union, and shared unions", () => {
  const types = createTypeScope();
  const Spot = wireType("vec/Spot", { x: z.int() }, { scope: types, refs: true });
  const Either = wireUnion("vec/Either", { 0: z.string(), 1: Spot }, { scope: types });
  const Chart = wireType(
    "vec/Chart",
    { a: Spot, u: Either.meta({ ref: true }), list: z.array(Either) },
    { scope: types },
  );
  for (const engine of ["closures", "generated"] as const) {
    const codec = createCodec({ profile: "B", engine });
    const a = { x: 1 };
    const u = { case: 1 as const, value: a };
    const back = codec.decode(
      Chart,
      codec.encode(Chart, { a, u, list: [u, { case: 1, value: a }] }),
    );
    expect(back.u.value).toBe(back.a);
    expect(back.list[0]).toBe(back.u);
    expect(back.list[1]).not.toBe(back.u);
    expect(back.list[1]?.value).toBe(back.a);
  }
});

test("readers without the union skip it", () => {
  const codec = createCodec({ profile: "B" });
  const theirs = createTypeScope();
  const Deep = wireUnion(
    "vec/Deep",
    {
      5: z.map(z.string(), z.array(z.array(z.int()))),
      6: wireEnum("vec/E", ["a"], { scope: theirs }),
    },
    { scope: theirs },
  );
  const Full = wireType("vec/Full", { u: Deep, e: Deep, z: z.string() }, { scope: theirs });
  const Less = wireType("vec/Full", { z: z.string() }, { scope: createTypeScope() });
  const u = { case: 5 as const, value: new Map([["k", [[1], []]]]) };
  const bytes = codec.encode(Full, { u, e: { case: 6, value: "a" }, z: "end" });
  expect(codec.decode(Less, bytes)).toEqual({ z: "end" });
});

test("NATIVE checks the object on arrival", () => {
  const codec = createCodec({ mode: "native", scope });
  const bad: readonly unknown[] = [
    { case: 7, value: "x" },
    { case: 0, value: 1 },
    { case: 0, value: "x", more: 1 },
    { value: "x", case: 0 },
    { case: 0 },
    new Map(),
    null,
  ];
  for (const v of bad) {
    const bytes = nativeCodec().encode({ v });
    expect(failure(() => codec.decode(One, bytes)).code).toMatch(/^(?:data|mismatch)$/);
  }
  const good = nativeCodec().encode({ v: { case: 0, value: "x" } });
  expect(codec.decode(One, good)).toEqual({ v: { case: 0, value: "x" } });
});

test("JSON is an object with both keys, and errors have a path", () => {
  const codec = createCodec({ mode: "json", scope });
  const text = (v: unknown) => new TextEncoder().encode(JSON.stringify({ v }));
  expect(new TextDecoder().decode(codec.encode(One, { v: { case: 1, value: 2 } }))).toBe(
    '{"v":{"case":1,"value":2}}',
  );
  expect(codec.decode(One, text({ value: { y: 2, x: 1 }, case: 2 }))).toEqual({
    v: { case: 2, value: { x: 1, y: 2 } },
  });
  for (const [v, code] of [
    [{ case: 9, value: 1 }, "mismatch"],
    [{ case: 0, value: 1 }, "data"],
    [{ case: 0, value: null }, "data"],
    [{ case: 0 }, "data"],
    [{ case: 0, value: "x", more: 1 }, "mismatch"],
    [{ value: 1 }, "mismatch"],
    ["x", "data"],
  ] as const) {
    expect(failure(() => codec.decode(One, text(v))).code).toBe(code);
  }
  expect(jsonSchemaOf(One)).toMatchObject({ $defs: { "vec/One": { type: "object" } } });
});

test("rows refuse it and name an alternative", () => {
  expect(failure(() => rowCodec(One))).toMatchObject({
    code: "schema",
    path: "vec/One.v",
    message:
      "vec/One.v: a union of cases has no form in rows; give each case a nullable field of its own",
  });
});

test("zod validates it, and hasRefinements covers its cases", () => {
  expect(Contact.safeParse({ case: 2, value: { x: 1, y: 2 } }).success).toBe(true);
  expect(Contact.safeParse({ case: 2, value: "x" }).success).toBe(false);
  expect(Contact.safeParse({ case: 8, value: "x" }).success).toBe(false);
  expect(wireTypeInfo(One)?.hasRefinements).toBe(false);
  const Short = wireUnion("vec/Short", { 0: z.string().max(3) }, { scope });
  const refined = wireTypeInfo(wireType("vec/Refined", { v: Short }, { scope }));
  expect(refined?.hasRefinements).toBe(true);
  const Checked = Contact.refine(() => true);
  const checked = wireTypeInfo(wireType("vec/Checked", { v: Checked }, { scope }));
  expect(checked?.hasRefinements).toBe(true);
  expect(checked?.fields[0]?.type.kind).toBe("named_union");
});

test.each<[string, () => unknown, string, string]>([
  ["no cases", () => wireUnion("vec/None", {}, { scope }), "schema", "a union without cases"],
  [
    "a negative number",
    () => wireUnion("vec/Minus", { [-1]: z.string() }, { scope }),
    "schema",
    "vec/Minus.-1: a case with this number",
  ],
  [
    "a name",
    () => wireUnion("vec/Text", { a: z.string() } as never, { scope }),
    "schema",
    "vec/Text.a: a case with this number",
  ],
  [
    "a case without a form",
    () => wireUnion("vec/Form", { 3: z.bigint() }, { scope }),
    "schema",
    "vec/Form.3: z.bigint()",
  ],
  ["a bad tag", () => wireUnion("vec Form", { 0: z.int() }, { scope }), "tag", "not a tag"],
  [
    "a tag with other cases",
    () => wireUnion("vec/Contact", { 0: z.string() }, { scope }),
    "tag",
    "vec/Contact already belongs to another type",
  ],
  [
    "the tag of a struct",
    () => wireUnion("vec/Point", { 0: z.string() }, { scope }),
    "tag",
    "vec/Point already belongs to a struct",
  ],
  [
    "the id of another",
    () => wireUnion("vec/Other", { 0: z.string() }, { scope, id: 55 }),
    "tag",
    "the id 55 already belongs to vec/Reach",
  ],
])("%s is refused", (_, make, code, text) => {
  const error = failure(make);
  expect(error.code).toBe(code);
  expect(error.message).toContain(text);
});

test("defining it twice in the same way is allowed", () => {
  const again = wireUnion("vec/Contact", { 0: z.string(), 1: z.int32(), 2: Point }, { scope });
  const codec = createCodec({ profile: "B", scope });
  const bytes = codec.encode(again, { case: 1, value: 1 });
  expect(codec.decode(Contact, bytes)).toEqual({ case: 1, value: 1 });
});
