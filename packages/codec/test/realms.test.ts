// Values that another realm made, such as the vm context of a test runner, are accepted.
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { bytes, createCodec, createTypeScope, wireType } from "../src/index.ts";
import { nativeCodec } from "../src/native/index.ts";
import { rowCodec } from "../src/row/index.ts";

const source = `({
  raw: new Uint8Array([1, 2]),
  at: new Date(5),
  map: new Map([["a", 1]]),
  set: new Set(["x"]),
  floats: new Float64Array([0.5]),
  list: ["a"],
  record: { a: 1 },
  inner: { n: 1 },
})`;
const shape = {
  raw: bytes(),
  at: z.date(),
  map: z.map(z.string(), z.int()),
  set: z.set(z.string()),
  floats: z.instanceof(Float64Array),
  list: z.array(z.string()),
  record: z.record(z.string(), z.int()),
  inner: wireType("realm/Inner", { n: z.int().optional() }),
};
const All = wireType("realm/All", shape);
const Any = wireType("realm/Any", { any: z.any() });
type Message = z.infer<typeof All>;
const far = runInNewContext(source) as Message;
const here = runInNewContext(source, {
  Uint8Array,
  Date,
  Map,
  Set,
  Float64Array,
}) as Message;
const own = { ...here, list: ["a"], record: { a: 1 }, inner: { n: 1 } };

const modes = [
  ["A", createCodec()],
  ["B", createCodec({ profile: "B" })],
  ["A without generated code", createCodec({ engine: "closures" })],
  ["json", createCodec({ mode: "json" })],
  ["native", createCodec({ mode: "native" })],
] as const;

describe.each(modes)("%s", (_mode, codec) => {
  test("takes declared values", () => {
    expect(far.at).not.toBeInstanceOf(Date);
    expect(codec.decode(All, codec.encode(All, far))).toEqual(own);
  });

  test.each(Object.keys(own) as (keyof Message)[])("takes %s where any value may be", (key) => {
    const read = (any: unknown) => codec.decode(Any, codec.encode(Any, { any })).any;
    expect(read(far[key])).toEqual(read(own[key]));
  });

  test("decodes their bytes", () => {
    const encoded = codec.encode(All, own);
    const Far = runInNewContext("Uint8Array") as typeof Uint8Array;
    expect(codec.decode(All, new Far(encoded))).toEqual(own);
  });
});

test("rows take declared values", () => {
  const rows = rowCodec(wireType("realm/Row", shape, { scope: createTypeScope() }));
  expect(rows.decode(rows.encode(far))).toEqual(own);
});

test.each<[string, unknown]>([
  ["new RangeError('far')", new RangeError("far")],
  ["new (class Own extends TypeError {})('far')", new TypeError("far")],
  ["new AggregateError([new Error('one')], 'far')", new AggregateError([new Error("one")], "far")],
  ["/x/g", /x/g],
  ["new ArrayBuffer(2)", new ArrayBuffer(2)],
  ["new DataView(new ArrayBuffer(2))", new DataView(new ArrayBuffer(2))],
  ["new Uint16Array([1, 2])", new Uint16Array([1, 2])],
  ["new Map([[1, new Set([new Date(1)])]])", new Map([[1, new Set([new Date(1)])]])],
  ["Object('text')", Object("text")],
])("native values: %s", (text, value) => {
  const native = nativeCodec();
  const read = (given: unknown) => native.decode(native.encode(given)) as object;
  const got = read(runInNewContext(text));
  expect(got).toEqual(read(value));
  expect(Object.getPrototypeOf(got)).toBe(Object.getPrototypeOf(value));
});
