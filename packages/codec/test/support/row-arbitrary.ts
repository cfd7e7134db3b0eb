import fc from "./property.ts";
import type { RowCase, RowTypeText } from "./row-fixture.ts";

interface Typed {
  readonly text: RowTypeText;
  readonly value: fc.Arbitrary<unknown>;
}

const text = fc
  .oneof(fc.string({ maxLength: 40 }), fc.string({ unit: "grapheme", maxLength: 12 }))
  .filter((one) => !/\p{Surrogate}/u.test(one));
const hex = fc
  .uint8Array({ minLength: 1, maxLength: 20 })
  .map((b) => Buffer.from(b).toString("hex"));
const day = fc
  .integer({ min: -719_162, max: 2_932_896 })
  .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const floatText = (value: number): unknown =>
  Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? "-0"
      : String(value);

const keys: readonly Typed[] = [
  { text: "bool", value: fc.boolean() },
  { text: "int8", value: fc.integer({ min: -128, max: 127 }) },
  { text: "int32", value: fc.integer() },
  { text: "int64", value: int64 },
  { text: "string", value: text },
];
const scalars: readonly Typed[] = [
  ...keys,
  { text: "int16", value: fc.integer({ min: -0x8000, max: 0x7fff }) },
  { text: "float32", value: fc.float().map(floatText) },
  { text: "float64", value: fc.double().map(floatText) },
  { text: "binary", value: hex },
  { text: "date", value: day },
  { text: "timestamp", value: fc.integer({ min: -1e9, max: 4e9 }).map((s) => `${s}000000`) },
];

function typed(depth: number): fc.Arbitrary<Typed> {
  const scalar = fc.constantFrom(...scalars);
  if (depth === 0) return scalar;
  const inner = typed(depth - 1).chain(maybe);
  return fc.oneof(
    { weight: 3, arbitrary: scalar },
    inner.map((one) => ({
      text: { list: one.text },
      value: fc.array(one.value, { maxLength: 5 }),
    })),
    fc.tuple(fc.constantFrom(...keys), inner).map(([key, one]) => ({
      text: { map: [key.text, one.text] },
      value: fc.uniqueArray(fc.tuple(key.value, one.value), {
        maxLength: 4,
        selector: ([name]) => name,
      }),
    })),
    fields(depth - 1).map(({ text: inside, value }) => ({ text: { struct: inside }, value })),
  );
}

function maybe(one: Typed): fc.Arbitrary<Typed> {
  return fc
    .boolean()
    .map((nullable) =>
      nullable ? { text: { opt: one.text }, value: fc.option(one.value, { nil: null }) } : one,
    );
}

interface TypedFields {
  readonly text: readonly (readonly [string, RowTypeText])[];
  readonly value: fc.Arbitrary<Record<string, unknown>>;
}

function fields(depth: number): fc.Arbitrary<TypedFields> {
  const name = fc.stringMatching(/^[a-z_][a-zA-Z0-9_]{0,9}$/);
  return fc
    .uniqueArray(fc.tuple(name, typed(depth).chain(maybe)), {
      maxLength: 6,
      selector: ([one]) => one,
    })
    .map((all) => ({
      text: all.map(([one, type]) => [one, type.text] as const),
      value: fc.record(Object.fromEntries(all.map(([one, type]) => [one, type.value])), {
        noNullPrototype: true,
      }),
    }));
}

/** A random type of rows with a value, in the notation of the fixtures. */
export const anyRow: fc.Arbitrary<Pick<RowCase, "fields" | "value">> = fields(3).chain(
  ({ text: all, value }) => value.map((one) => ({ fields: all, value: one })),
);
