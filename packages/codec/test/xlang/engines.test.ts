import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createTypeScope, wireType, wireTypeInfo } from "../../src/index.ts";
import type { Bind } from "../../src/xlang/binding.ts";
import { closureEngine } from "../../src/xlang/generate/closure-engine.ts";
import { generatedEngine } from "../../src/xlang/generate/generated-engine.ts";
import { profileFor } from "../../src/xlang/profiles.ts";
import { XlangReader } from "../../src/xlang/xlang-reader.ts";
import { XlangWriter } from "../../src/xlang/xlang-writer.ts";
import { build, bytesOf, cases, hexOf } from "../support/fixture.ts";

const profileA = profileFor({ profile: "A", compatible: false, refs: undefined, ids: false });
const profileB = profileFor({ profile: "B", compatible: true, refs: undefined, ids: false });
// The codec runs the closures on input that the generated code refuses. Here each engine runs
// alone.
const engines: readonly (readonly [string, Bind])[] = [
  ["closures", closureEngine(profileA)],
  ["generated", generatedEngine(profileA, closureEngine(profileA))],
];
let message = 1_000_000;

describe.each(engines)("%s alone", (_, bind) => {
  test.each(cases)("$name", (given) => {
    const { type, value } = build(given, "bigint");
    const info = wireTypeInfo(type);
    if (!info) throw new Error("no wire type");
    const binding = bind(info);

    const r = new XlangReader(bytesOf(given.hex));
    r.maxDepth = 50;
    r.graphBytes = 1e8;
    r.pos = 2;
    expect(binding.readInfo(r).read(r, 1)).toEqual(value);
    expect(r.pos).toBe(r.end);

    const w = new XlangWriter(new Uint8Array(8), { fixed: false });
    w.message = ++message;
    w.maxDepth = 50;
    w.maxBytes = 1e8;
    w.putByte(2);
    w.putByte(0xff);
    binding.writeInfo(w);
    binding.write(w, value, 1);
    if (!given.free) expect(hexOf(w.bytes.subarray(0, w.pos))).toBe(given.hex);
  });
});

test("no text of a schema becomes code", () => {
  const evil = '"];globalThis.broken=true;//';
  const keys = [
    evil,
    `\`$\{globalThis.broken=true}\``,
    "\u2028",
    "\\",
    "'",
    "__proto__",
    "k0",
    "x0",
    "b",
  ];
  const shape = Object.fromEntries(
    keys.map((key, i) => [
      key,
      z
        .string()
        .default(evil)
        .meta({ name: `f${i}` }),
    ]),
  );
  const type = wireType("engines/Evil", shape, { scope: createTypeScope() });
  const info = wireTypeInfo(type);
  if (!info) throw new Error("no wire type");
  const binding = generatedEngine(profileA, closureEngine(profileA))(info);
  const w = new XlangWriter(new Uint8Array(1_000), { fixed: false });
  w.maxDepth = 50;
  const value = Object.fromEntries(keys.map((key) => [key, `value of ${key}`]));
  binding.write(w, value, 1);
  const r = new XlangReader(w.bytes.slice(0, w.pos));
  r.maxDepth = 50;
  expect(Object.entries(binding.read(r, 1) as object)).toEqual(Object.entries(value));
  expect((globalThis as Record<string, unknown>).broken).toBeUndefined();
});

test("generated code also works alone in profile B", () => {
  const scope = createTypeScope();
  const Inner = wireType("engines/Inner", { a: z.int(), b: z.string() }, { scope, refs: true });
  const Outer = wireType(
    "engines/Outer",
    {
      one: Inner,
      same: Inner.nullable(),
      many: z.array(Inner),
      by: z.record(z.string(), Inner),
      lists: z.array(z.array(z.number())),
      level: z.enum(["low", "high"]),
      any: z.any(),
    },
    { scope },
  );
  const one = { a: 1, b: "b" };
  const value = {
    one,
    same: one,
    many: [one, { a: 2, b: "c" }],
    by: { k: one },
    lists: [[1], [2, 3]],
    level: "high",
    any: [1, null, "x"],
  };
  const info = wireTypeInfo(Outer);
  if (!info) throw new Error("no wire type");
  const closures = closureEngine(profileB);
  for (const tracking of [false, true]) {
    const written = [closures, generatedEngine(profileB, closures)].map((bind) => {
      const binding = bind(info);
      const w = new XlangWriter(new Uint8Array(8), { fixed: false });
      w.message = ++message;
      w.maxDepth = 50;
      w.maxBytes = 1e8;
      w.tracking = tracking;
      binding.writeInfo(w);
      binding.write(w, value, 1);
      const r = new XlangReader(w.bytes.slice(0, w.pos));
      r.maxDepth = 50;
      r.graphBytes = 1e8;
      const back = binding.readInfo(r).read(r, 1) as typeof value;
      expect(back).toEqual(value);
      expect(back.same).toBe(back.one);
      expect(back.many[0] === back.one).toBe(tracking);
      return hexOf(r.bytes);
    });
    expect(written[1]).toBe(written[0]);
  }
});
