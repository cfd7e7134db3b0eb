import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  createCodec,
  createTypeScope,
  date,
  decimal,
  duration,
  type EngineChoice,
  timestamp,
  type WireType,
  wireType,
} from "../../src/index.ts";
import { profileOf } from "../../src/xlang/profiles.ts";
import { bytesOf, hexOf } from "../support/fixture.ts";

const engines: readonly EngineChoice[] = ["closures", "generated"];
const scope = createTypeScope();
const shaped = <S extends z.core.$ZodLooseShape>(name: string, shape: S) =>
  wireType(`aster.vec/${name}`, shape, { scope, naming: "as-written" });

const Point = shaped("Point", { x: z.int32(), y: z.int32() });
const Nested = shaped("Nested", {
  name: z.string(),
  p: Point,
  ps: z.array(Point),
  mp: z.record(z.string(), Point),
  po: Point.nullable(),
});
const Opts = shaped("Opts", {
  i: z.int32().nullable(),
  l: z.int().nullable(),
  f: z.number().nullable(),
  b: z.boolean().nullable(),
  s: z.string().nullable(),
  x: z.array(z.string()).nullable(),
});
const Times = shaped("Times", { ts: timestamp(), d: date(), du: duration() });
const Decs = shaped("Decs", { d: decimal() });
const Color = z.enum({ RED: 10, GREEN: 20 });
const Painted = shaped("Painted", { c: Color });
const Tagged = shaped("Tagged", {
  alpha: z.string().meta({ fieldId: 2 }),
  beta: z.int32().meta({ fieldId: 0 }),
  gamma: z.array(z.int32()).meta({ fieldId: 20 }),
});
const Numbered = wireType(
  "aster.vec/PointI",
  { x: z.int32(), y: z.int32() },
  { scope, id: 101, naming: "as-written" },
);

const head = "01ff1e00";
/** The bytes that pyfory 1.7.7 writes. */
const messages: readonly (readonly [string, WireType, unknown, string])[] = [
  [
    "nested structs, with one definition each",
    Nested,
    {
      name: "n",
      p: { x: 1, y: 2 },
      ps: [
        { x: 3, y: 4 },
        { x: 5, y: 6 },
      ],
      mp: { k: { x: 7, y: 8 } },
      po: null,
    },
    `${head}24500f59eb278779e519025324755208133492990644185478b1e04815340c20401e3c461ebdc0441678be400104` +
      "011e02135045b7e8421d48e21902532475520813bdc86cc040055c400560046b0e10046e1e030204fd02081e0306080a0c",
  ],
  [
    "nullable fields",
    Opts,
    { i: 1, l: 2, f: 3.5, b: true, s: "s", x: ["y"] },
    `${head}1f80030018f34421e6190253247552080f39f39042141442010442072c4205204215484216545cff` +
      "0000000000000c40ff01ff04ff02ff0473ff010c0479",
  ],
  [
    "nulls",
    Opts,
    { i: null, l: null, f: null, b: null, s: null, x: null },
    `${head}1f80030018f34421e6190253247552080f39f39042141442010442072c4205204215484216545cfdfdfdfdfdfd`,
  ],
  [
    "times",
    Times,
    { ts: 1_700_000_000_000_001_000n, d: "2023-11-14", du: -500_000_000n },
    `${head}18a0f16b94136156e31902532475520813cd0c248040270c44258e804426ce40b6b302010065cd1d00f1536500000000e8030000`,
  ],
  [
    "decimals",
    Decs,
    { d: "123.45" },
    `${head}0f20079d9ae17a1ae1190253247552080f0c829040280c04e48103`,
  ],
  [
    "fields by number",
    Tagged,
    { alpha: "a", beta: 2, gamma: [1] },
    `${head}15d00e7c8438ba0ee319025324755208134c063106c005c815fc051614040461010c02`,
  ],
  ["a type by number", Numbered, { x: 1, y: 2 }, "01ff1c000880c67dca17314ec26540055c4005600204"],
];

describe.each(engines)("%s", (engine) => {
  const codec = createCodec({ engine, profile: "B" });
  const older = createCodec({ engine, profile: "A" });

  test.each(messages)("%s", (_, type, value, hex) => {
    expect(hexOf(codec.encode(type, value as never))).toBe(hex);
    expect(codec.decode(type, bytesOf(hex))).toEqual(value);
  });

  test("enums of numbers are written as their numbers", () => {
    const bytes = codec.encode(Painted, { c: 20 });
    expect(bytes.at(-1)).toBe(20);
    expect(codec.decode(Painted, bytes)).toEqual({ c: 20 });
  });

  test("a codec of either profile reads both", () => {
    const value = { x: -3, y: 4 };
    const [a, b] = [older.encode(Point, value), codec.encode(Point, value)];
    expect([profileOf(a), profileOf(b), profileOf(bytesOf("7b")), profileOf(bytesOf(""))]).toEqual([
      "A",
      "B",
      undefined,
      undefined,
    ]);
    for (const bytes of [a, b]) {
      expect(codec.decode(Point, bytes)).toEqual(value);
      expect(older.decode(Point, bytes)).toEqual(value);
    }
  });

  test("encodeInto writes the bytes of encode", () => {
    const value = { x: 1, y: 2 };
    const whole = codec.encode(Point, value);
    const buffer = new Uint8Array(64);
    expect(codec.encodeInto(Point, value, buffer, 5)).toBe(whole.length);
    expect(buffer.subarray(5, 5 + whole.length)).toEqual(whole);
  });
});
