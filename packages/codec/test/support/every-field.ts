import { z } from "zod";
import {
  bfloat16,
  bfloat16Array,
  boolArray,
  bytes,
  createTypeScope,
  date,
  decimal,
  duration,
  type FieldType,
  fixedInt32,
  fixedInt64,
  fixedUint32,
  fixedUint64,
  float16,
  int8,
  int16,
  type ScalarKind,
  taggedInt64,
  taggedUint64,
  timestamp,
  uint8,
  uint8Array,
  uint16,
  wireEnum,
  wireExt,
  wireType,
  wireUnion,
} from "../../src/index.ts";
import fc from "./property.ts";

export interface FieldCase {
  readonly schema: z.ZodType;
  readonly values: fc.Arbitrary<unknown>;
  /** False if rows have no form for the field; other values if rows hold less. */
  readonly row?: false | fc.Arbitrary<unknown>;
}

const signed = (bits: number) => {
  const half = 2n ** BigInt(bits - 1);
  return fc.bigInt({ min: -half, max: half - 1n });
};
const unsigned = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const small = (values: fc.Arbitrary<bigint>) => values.map(Number);
const text = fc
  .oneof(fc.string({ maxLength: 80 }), fc.string({ unit: "binary", maxLength: 20 }))
  .filter((one) => !/\p{Surrogate}/u.test(one));
const year0001 = -62_135_596_800n;
const nanos = fc.bigInt({ min: year0001 * 10n ** 9n, max: 253_402_300_799n * 10n ** 9n });
const micros = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((n) => n * 1_000n);
const day = fc
  .integer({ min: -719_162, max: 2_932_896 })
  .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
const digits = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 9 }))
  .map(([whole, part]) => `${whole}.${part}`);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.oneof(text, fc.boolean(), fc.maxSafeInteger(), fc.constant(0.5)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(text, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const scope = createTypeScope();
const Inner = wireType("every/Inner", { kind: z.literal("inner"), x: z.int32() }, { scope });
const Other = wireType("every/Other", { kind: z.literal("other"), y: z.string() }, { scope });
const inner = fc.record({ kind: fc.constant("inner"), x: fc.integer() }, { noNullPrototype: true });
const other = fc.record({ kind: fc.constant("other"), y: text }, { noNullPrototype: true });

class Label {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type NotScalar = Exclude<FieldType["kind"], ScalarKind>;

/** Every kind of field. A new kind does not compile until it is added here. */
export const everyField: Readonly<Record<ScalarKind | NotScalar, readonly FieldCase[]>> = {
  bool: [{ schema: z.boolean(), values: fc.boolean() }],
  int8: [{ schema: int8(), values: small(signed(8)) }],
  int16: [{ schema: int16(), values: small(signed(16)) }],
  int32: [{ schema: fixedInt32(), values: small(signed(32)) }],
  varint32: [{ schema: z.int32(), values: small(signed(32)) }],
  int64: [{ schema: fixedInt64(), values: signed(64) }],
  varint64: [
    { schema: z.int(), values: fc.maxSafeInteger() },
    { schema: z.int64(), values: signed(64) },
  ],
  tagged_int64: [{ schema: taggedInt64(), values: fc.oneof(signed(32), signed(64)) }],
  uint8: [{ schema: uint8(), values: small(unsigned(8)) }],
  uint16: [{ schema: uint16(), values: small(unsigned(16)) }],
  uint32: [{ schema: fixedUint32(), values: small(unsigned(32)) }],
  var_uint32: [{ schema: z.uint32(), values: small(unsigned(32)) }],
  uint64: [{ schema: fixedUint64(), values: unsigned(64), row: false }],
  var_uint64: [{ schema: z.uint64(), values: unsigned(64), row: false }],
  tagged_uint64: [
    { schema: taggedUint64(), values: fc.oneof(unsigned(32), unsigned(64)), row: false },
  ],
  float16: [{ schema: float16(), values: small(signed(11)).map((n) => n / 8) }],
  bfloat16: [{ schema: bfloat16(), values: small(signed(8)).map((n) => n / 4) }],
  float32: [{ schema: z.float32(), values: fc.float() }],
  float64: [{ schema: z.number(), values: fc.double() }],
  string: [
    { schema: z.string(), values: text },
    { schema: z.literal(["a", "b"]), values: fc.constantFrom("a", "b") },
  ],
  binary: [{ schema: bytes(), values: fc.uint8Array({ maxLength: 300 }) }],
  timestamp: [
    { schema: z.date(), values: fc.date({ noInvalidDate: true }) },
    { schema: timestamp(), values: nanos, row: micros },
  ],
  date: [{ schema: date(), values: day }],
  duration: [
    { schema: duration(), values: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), row: micros },
  ],
  decimal: [{ schema: decimal(), values: digits, row: false }],
  list: [{ schema: z.array(Inner), values: fc.array(inner, { maxLength: 5 }) }],
  set: [{ schema: z.set(z.string()), values: fc.uniqueArray(text).map((all) => new Set(all)) }],
  map: [
    {
      schema: z.record(z.string(), Inner),
      values: fc.dictionary(text, inner, { maxKeys: 4, noNullPrototype: true }),
    },
    {
      schema: z.map(z.int64(), z.array(z.string())),
      values: fc
        .array(fc.tuple(signed(64), fc.array(text, { maxLength: 3 })), { maxLength: 4 })
        .map((pairs) => new Map(pairs)),
    },
  ],
  array: [
    { schema: z.instanceof(Int8Array), values: fc.int8Array() },
    { schema: z.instanceof(Int16Array), values: fc.int16Array() },
    { schema: z.instanceof(Int32Array), values: fc.int32Array() },
    { schema: z.instanceof(BigInt64Array), values: fc.bigInt64Array() },
    { schema: z.instanceof(Uint16Array), values: fc.uint16Array() },
    { schema: z.instanceof(Uint32Array), values: fc.uint32Array() },
    { schema: z.instanceof(BigUint64Array), values: fc.bigUint64Array(), row: false },
    { schema: z.instanceof(Float32Array), values: fc.float32Array() },
    { schema: z.instanceof(Float64Array), values: fc.float64Array() },
    { schema: boolArray(), values: fc.array(fc.boolean()) },
    { schema: uint8Array(), values: fc.uint8Array() },
    {
      schema: bfloat16Array(),
      values: fc.int8Array().map((all) => Float32Array.from(all)),
      row: false,
    },
  ],
  enum: [
    { schema: z.enum(["red", "green"]), values: fc.constantFrom("red", "green") },
    { schema: z.enum({ LOW: 10, HIGH: 300 }), values: fc.constantFrom(10, 300) },
    {
      schema: z.enum(["red", "green"]).meta({ numbers: { red: 7, green: 300 } }),
      values: fc.constantFrom("red", "green"),
    },
    { schema: wireEnum("every/Size", ["S", "L"], { scope }), values: fc.constantFrom("S", "L") },
  ],
  ext: [
    {
      schema: wireExt("every/Label", {
        class: Label,
        form: z.string(),
        encode: (label) => label.text,
        decode: (form) => new Label(form),
        scope,
      }),
      values: text.map((one) => new Label(one)),
      row: false,
    },
  ],
  struct: [{ schema: Inner, values: inner }],
  union: [
    {
      schema: z.discriminatedUnion("kind", [Inner, Other]),
      values: fc.oneof(inner, other),
      row: false,
    },
  ],
  named_union: [
    {
      schema: wireUnion(
        "every/Either",
        {
          0: z.string(),
          1: Inner,
          2: z.array(z.int64()).optional(),
          300: z.map(z.string(), z.array(Other)),
          4: wireEnum("every/Hue", ["cold", "warm"], { scope }),
          5: z.any(),
        },
        { scope },
      ),
      values: fc.oneof(
        text.map((value) => ({ case: 0, value })),
        inner.map((value) => ({ case: 1, value })),
        fc.option(fc.array(signed(64), { maxLength: 3 }), { nil: undefined }).map((value) => ({
          case: 2,
          value,
        })),
        fc
          .array(fc.tuple(text, fc.array(other, { maxLength: 2 })), { maxLength: 3 })
          .map((pairs) => ({ case: 300, value: new Map(pairs) })),
        fc.constantFrom("cold", "warm").map((value) => ({ case: 4, value })),
        anything.map((value) => ({ case: 5, value })),
      ),
      row: false,
    },
  ],
  any: [{ schema: z.any(), values: anything, row: false }],
};
