import { CodecError, createCodec, createTypeScope, type WireType, wireType } from "@aster/codec";
import { nativeCodec } from "@aster/codec/native";
import { rowCodec } from "@aster/codec/row";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const scope = createTypeScope();
const Counts = wireType("t/H", { m: z.map(z.string().nullable(), z.int64()) }, { scope });
const both = createTypeScope();
const Both = wireType(
  "t/H",
  { m: z.map(z.int32().nullable(), z.string().nullable()) },
  { scope: both },
);
const nested = createTypeScope();
const Point = wireType("t/P", { x: z.int32() }, { scope: nested });
const Points = wireType("t/H", { m: z.map(z.string().nullable(), Point) }, { scope: nested });

const counts = {
  m: new Map([
    [null, 1n],
    ["a", 2n],
  ] as const),
};
const points = {
  m: new Map([
    [null, { x: 5 }],
    ["k", { x: 6 }],
  ] as const),
};
const nulls = {
  m: new Map([
    [null, null],
    [3, null],
    [4, "x"],
  ] as const),
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

interface Case {
  readonly name: string;
  readonly type: WireType;
  readonly value: unknown;
  /** The bytes that pyfory 1.7.7 and pyfory 0.16.0 write. */
  readonly bytes: { readonly A?: string; readonly B: string };
}

const cases: readonly Case[] = [
  {
    name: "beside other keys",
    type: Counts,
    value: counts,
    bytes: {
      B: "01ff1e000a60c9829123e34ae1054c071c4018561c300222022401046104",
      A: "02ff1d02014c02031c53a445eb0222022401046104",
    },
  },
  {
    name: "with null values",
    type: Both,
    value: nulls,
    bytes: { B: "01ff1e000ae09e26ccd0e70de1054c071c4018165630031214062401080478" },
  },
  {
    name: "with structs",
    type: Points,
    value: points,
    bytes: {
      B: "01ff1e000aa0e755fc599c1fe1054c071c4018567830020aff1e020870edb18715137ae1054c073c40055c0a04011e03046b0c",
      A: "02ff1d02014c02031c53a445eb02223bb002cb0a2401046b3bb002cb0c",
    },
  },
];

describe.each(["generated", "closures"] as const)("null as a key, %s code", (engine) => {
  test.each(cases)("$name: the bytes of pyfory", ({ type, value, bytes }) => {
    for (const profile of ["A", "B"] as const) {
      const codec = createCodec({ types: [type], profile, engine });
      const encoded = codec.encode(type, value as never);
      if (bytes[profile] !== undefined) expect(hex(encoded)).toBe(bytes[profile]);
      expect(codec.decode(type, encoded)).toEqual(value);
    }
  });

  test("round-trips in values of any type, also shared ones", () => {
    const own = createTypeScope();
    const Any = wireType("t/Any", { v: z.any() }, { scope: own });
    const map = new Map<unknown, unknown>([
      [null, [1]],
      ["a", null],
    ]);
    for (const refs of [false, true]) {
      const codec = createCodec({ types: [Any], profile: "B", engine, refs });
      const back = codec.decode(Any, codec.encode(Any, { v: [map, map] })) as { v: unknown[] };
      expect(back.v).toEqual([map, map]);
    }
  });

  test("is refused in maps whose keys are not nullable", () => {
    const own = createTypeScope();
    const Plain = wireType("t/H", { m: z.map(z.string(), z.int64()) }, { scope: own });
    const reader = createCodec({ types: [Plain], profile: "A", engine });
    const bytes = createCodec({ types: [Counts], profile: "A" }).encode(Counts, counts);
    expect(() => reader.decode(Plain, bytes)).toThrow(/a null key in a map that has none/);
    expect(() => reader.encode(Plain, { m: new Map([[null, 1n]]) } as never)).toThrow(CodecError);
  });
});

test("NATIVE keeps null keys", () => {
  const typed = createCodec({ types: [Counts], mode: "native" });
  expect(typed.decode(Counts, typed.encode(Counts, counts))).toEqual(counts);
  const codec = nativeCodec();
  expect(codec.decode(codec.encode(counts))).toEqual(counts);
});

test("JSON, rows and records refuse null keys", () => {
  const json = createCodec({ types: [Counts], mode: "json" });
  expect(() => json.encode(Counts, counts)).toThrow(/JSON has no null keys/);
  const text = { m: new Map([["a", 2n]]) };
  expect(json.decode(Counts, json.encode(Counts, text))).toEqual(text);
  expect(() => rowCodec(Counts)).toThrow(/keys that may be null/);
  expect(() =>
    wireType("t/R", { m: z.record(z.string().nullable() as never, z.string()) }),
  ).toThrow(/a record with keys that may be null/);
});
