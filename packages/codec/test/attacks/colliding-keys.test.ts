import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type Codec, CodecError, createCodec, createTypeScope, wireType } from "../../src/index.ts";
import { rowCodec } from "../../src/row/index.ts";
import { collidingBigints, collidingDoubles, collidingIntegers } from "../support/collisions.ts";

// enough keys to show the quadratic time, few enough to build the message in a moment
const count = 4_096;
const attacks = [
  { kind: "doubles", schema: z.number(), keys: collidingDoubles(count) },
  { kind: "integers", schema: z.int(), keys: collidingIntegers(count) },
  { kind: "64-bit integers", schema: z.int64(), keys: collidingBigints(count) },
] as const;
const honest = Array.from({ length: 100_000 }, (_, i) => Math.sin(i) * 1e6);

function outcome(run: () => unknown): unknown {
  try {
    run();
    return "accepted";
  } catch (reason) {
    if (reason instanceof CodecError) return reason.code;
    throw reason;
  }
}

const codecs: readonly Codec[] = [
  createCodec({ engine: "closures" }),
  createCodec({ engine: "generated", profile: "B" }),
  createCodec({ mode: "native" }),
  createCodec({ mode: "json" }),
];

describe.each(codecs.map((codec, i) => ({ codec, name: `${codec.mode} ${i}` })))(
  "$name",
  ({ codec }) => {
    test.each(attacks)("refuses a set and a map of colliding $kind", ({ schema, keys }) => {
      const set = z.set(schema);
      const sent = codec.encode(set, new Set<unknown>(keys) as never);
      expect(outcome(() => codec.decode(set, sent))).toBe("limit");
      // no map has keys of doubles
      if (schema instanceof z.ZodNumber && !keys.every(Number.isInteger)) return;
      const map = z.map(schema as z.ZodNumber, z.boolean());
      const pairs = codec.encode(map, new Map([...keys].map((key) => [key as number, true])));
      expect(outcome(() => codec.decode(map, pairs))).toBe("limit");
    });

    test("reads many keys that do not collide", () => {
      const set = new Set(honest);
      expect(codec.decode(z.set(z.number()), codec.encode(z.set(z.number()), set))).toEqual(set);
    });
  },
);

test("ROW refuses a set of colliding doubles", () => {
  const scope = createTypeScope();
  const Listed = wireType("attack/Keys", { v: z.array(z.number()) }, { scope });
  const Keys = wireType("attack/Keys", { v: z.set(z.number()) }, { scope: createTypeScope() });
  const row = rowCodec(Listed).encode({ v: [...attacks[0].keys] });
  expect(outcome(() => rowCodec(Keys).decode(row))).toBe("limit");
});

test("refuses one key that is sent again and again behind colliding ones", () => {
  const codec = createCodec();
  const keys = attacks[0].keys.slice(0, 1_000);
  const list = codec.encode(z.array(z.number()), [...keys, ...new Array(20_000).fill(keys[0])]);
  list[list.indexOf(0x16)] = 0x17;
  expect(outcome(() => codec.decode(z.set(z.number()), list))).toBe("limit");
});
