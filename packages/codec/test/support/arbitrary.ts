import { z } from "zod";
import {
  bytes,
  createTypeScope,
  int8,
  timestamp,
  uint16,
  type WireType,
  wireType,
} from "../../src/index.ts";
import fc from "./property.ts";

interface Typed {
  readonly schema: z.core.$ZodType;
  readonly values: fc.Arbitrary<unknown>;
  /** Null or undefined may be a value already: a second one could not be distinguished. */
  readonly empty?: boolean;
}

export interface TypedValue {
  readonly type: WireType;
  readonly value: never;
}

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.string({ unit: "binary-ascii", minLength: 40, maxLength: 80 }),
);
const wellFormed = text.filter((one) => !/\p{Surrogate}/u.test(one));

const scalars: readonly Typed[] = [
  { schema: z.string(), values: wellFormed },
  { schema: z.boolean(), values: fc.boolean() },
  { schema: z.int(), values: fc.maxSafeInteger() },
  { schema: z.int32(), values: fc.integer() },
  { schema: z.uint32(), values: fc.integer({ min: 0, max: 0xffffffff }) },
  { schema: z.int64(), values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { schema: z.uint64(), values: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  { schema: int8(), values: fc.integer({ min: -128, max: 127 }) },
  { schema: uint16(), values: fc.integer({ min: 0, max: 0xffff }) },
  { schema: z.number(), values: fc.double() },
  { schema: z.float32(), values: fc.float() },
  { schema: bytes(), values: fc.uint8Array({ maxLength: 40 }) },
  { schema: z.date(), values: fc.date({ noInvalidDate: true }) },
  { schema: timestamp(), values: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }) },
  { schema: z.enum(["red", "green", "blue"]), values: fc.constantFrom("red", "green", "blue") },
  { schema: z.instanceof(Float64Array), values: fc.float64Array({ maxLength: 8 }) },
];

const scalar: fc.Arbitrary<Typed> = fc.constantFrom(...scalars);

function typed(depth: number): fc.Arbitrary<Typed> {
  if (depth === 0) return scalar;
  const inner = typed(depth - 1);
  const full = inner.filter((one) => one.empty !== true);
  return fc.oneof(
    { weight: 4, arbitrary: scalar },
    inner.map(({ schema, values }) => ({
      schema: z.array(schema),
      values: fc.array(values, { maxLength: 5 }),
    })),
    full.map(({ schema, values }) => ({
      schema: z.nullable(schema),
      values: fc.option(values, { nil: null }),
      empty: true,
    })),
    full.map(({ schema, values }) => ({
      schema: z.optional(schema),
      values: fc.option(values, { nil: undefined }),
      empty: true,
    })),
    inner.map(({ schema, values }) => ({
      schema: z.record(z.string(), schema),
      values: fc.dictionary(wellFormed, values, { maxKeys: 4, noNullPrototype: true }),
    })),
    scalar.map(({ schema, values }) => ({
      schema: z.set(schema),
      values: fc.array(values, { maxLength: 4 }).map((items) => new Set(items)),
    })),
    inner.map(({ schema, values }) => ({
      schema: z.map(z.int32(), schema),
      values: fc
        .array(fc.tuple(fc.integer(), values), { maxLength: 4 })
        .map((pairs) => new Map(pairs)),
    })),
    struct(depth - 1, "prop/Inner"),
  );
}

const key = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,9}$/);

function struct(depth: number, tag: string): fc.Arbitrary<Typed> {
  return fc.dictionary(key, typed(depth), { maxKeys: 6, noNullPrototype: true }).map((fields) => ({
    schema: wireType(
      tag,
      Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.schema])),
      {
        naming: "as-written",
        scope: createTypeScope(),
      },
    ) as z.core.$ZodType,
    values: fc.record(
      Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.values])),
    ),
  }));
}

/** A random wire type, with a value of it. */
export const anyTypedValue: fc.Arbitrary<TypedValue> = struct(2, "prop/Root").chain(
  ({ schema, values }) =>
    values.map((value) => ({ type: schema as WireType, value: value as never })),
);
