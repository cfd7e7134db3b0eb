import { describe, expect, test } from "vitest";
import { defaultLimits } from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";
import { NativeFormat } from "../../src/native/native-format.ts";
import { anyNative } from "../../src/native/types/scalar-op.ts";
import { NativeWriter } from "../../src/native/writing/native-writer.ts";
import { hexOf } from "../support/fixture.ts";
import { sameGraph } from "../support/graph.ts";

const codec = nativeCodec();

/** Enough records for the codec to generate code for their shape. */
const many = 40;

const form = new NativeFormat({
  root: "value",
  op: anyNative,
  limits: defaultLimits,
  keeps: "all",
  structOf: () => undefined,
  structNamed: () => undefined,
  extNamed: () => undefined,
});

/** Returns the message of a value, with or without generated code. */
function written(value: unknown, exact: boolean): string {
  const w = new NativeWriter(new Uint8Array(8), { fixed: false });
  form.write(w, value, 0, exact);
  return hexOf(w.bytes.subarray(0, w.pos));
}

/** Keys that no other test uses, so that their shape is new. */
let shapes = 0;
function keysOf(): { readonly a: string; readonly b: string } {
  shapes++;
  return { a: `a${shapes}`, b: `b${shapes}` };
}

describe("lists of records are written the same with and without generated code", () => {
  const { a, b } = keysOf();
  const record = (x: unknown, y: unknown): object => ({ [a]: x, [b]: y });
  const shared = record(1, "one");
  const cyclic: Record<string, unknown> = { [a]: 0, [b]: 0 };
  cyclic[b] = cyclic;

  test.each<[string, () => unknown[]]>([
    [
      "of one shape",
      () => [record(1, "one"), record(2, "two"), record(-0, "one"), record(0.5, "")],
    ],
    [
      "with every kind of number",
      () => [95, 96, -33, 2 ** 31, 2 ** 53, 1e300, Number.NaN].map((x) => record(x, -x)),
    ],
    [
      "with all kinds of text",
      () =>
        ["", "é", "日本", "x".repeat(31), "x".repeat(32), "x".repeat(100), "\ud800"].map((x) =>
          record(x, x),
        ),
    ],
    ["that repeat", () => [shared, shared, record(2, shared), shared]],
    ["that hold themselves", () => [record(1, 1), cyclic, cyclic]],
    [
      "of other shapes between",
      () => [
        record(1, 2),
        { [a]: 1 },
        record(3, 4),
        { [b]: 1, [a]: 2 },
        { [a]: 1, [b]: 2, c: 3 },
        record(5, 6),
      ],
    ],
    [
      "with other values between",
      () => [
        record(1, 2),
        null,
        record(3, 4),
        undefined,
        5,
        "text",
        [record(5, 6)],
        new Map(),
        record(7, 8),
      ],
    ],
    ["with holes", () => Object.assign(new Array(4), { 0: record(1, 2), 2: record(3, 4) })],
    ["nested", () => [record(record(1, 2), [record(3, 4)]), record(record(5, 6), [])]],
    [
      "of no class",
      () => [record(1, 2), Object.assign(Object.create(null), { [a]: 1, [b]: 2 }), record(3, 4)],
    ],
    [
      "with keys that are not enumerable",
      () => [
        record(1, 2),
        Object.defineProperty(record(3, 4), "hidden", { value: 1 }),
        record(5, 6),
      ],
    ],
  ])("%s", (_, make) => {
    written(
      Array.from({ length: many }, () => record(0, 0)),
      false,
    );
    const message = written(make(), false);
    expect(message).toBe(written(make(), true));
    expect(sameGraph(codec.decode(Buffer.from(message, "hex")), make())).toBe(true);
  });
});

test("an array that a getter shortens is refused or complete", () => {
  const { a, b } = keysOf();
  const items: object[] = Array.from({ length: many }, (_, i) => ({ [a]: i, [b]: i }));
  codec.encode(items);
  const getter = {
    get [a](): number {
      items.length = 20;
      return 0;
    },
    [b]: 0,
  };
  items[10] = getter;
  const back = codec.decode(codec.encode(items)) as unknown[];
  expect(back.slice(11, 20)).toEqual(items.slice(11, 20));
  expect(back.slice(20).every((item) => item === undefined)).toBe(true);
});

test("a getter may encode records of the same shape", () => {
  const { a, b } = keysOf();
  const plain = (i: number): object => ({ [a]: i, [b]: `text ${i}` });
  const list = Array.from({ length: many }, (_, i) => plain(i));
  codec.encode(list);
  let inner: Uint8Array | undefined;
  const items = [
    plain(1),
    {
      get [a](): number {
        inner = codec.encode([plain(7), plain(8)]);
        return 2;
      },
      [b]: "text 2",
    },
    plain(3),
  ];
  expect(codec.decode(codec.encode(items))).toEqual([plain(1), plain(2), plain(3)]);
  expect(codec.decode(inner as Uint8Array)).toEqual([plain(7), plain(8)]);
});

test("an error in a long list has a path", () => {
  const { a, b } = keysOf();
  const items: object[] = Array.from({ length: many }, (_, i) => ({ [a]: i, [b]: i }));
  codec.encode(items);
  items[33] = { [a]: 1, [b]: () => 1 };
  expect(() => codec.encode(items)).toThrow(`value[33].${b}: a function has no form on the wire`);
});

test("many objects, some of which appear again late", () => {
  const objects = Array.from({ length: 300 }, (_, i) => ({ i }));
  const value = [...objects, objects[299], objects[0], objects[150], objects[299], { i: 0 }];
  expect(sameGraph(codec.decode(codec.encode(value)), value)).toBe(true);
});
