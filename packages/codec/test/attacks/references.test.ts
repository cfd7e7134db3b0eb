import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CodecError,
  checkValue,
  createCodec,
  createTypeScope,
  timestamp,
  wireType,
  wireTypeInfo,
  wireUnion,
} from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";

const scope = createTypeScope();
const Table = wireType("attack/Table", { rows: z.array(z.array(z.number().min(0))) }, { scope });
const Pair = wireType("attack/Pair", { a: z.array(z.int()), b: z.array(z.int()) }, { scope });
const Any = wireType("attack/Any", { v: z.any() }, { scope });
interface Tree {
  kids: Tree[];
}
const Tree = wireType(
  "attack/Tree",
  {
    get kids() {
      return z.array(Tree);
    },
  },
  { scope },
);

/** Values that a short message holds by references, in types that declare none. */
function graphs(): readonly (readonly [string, typeof Table, unknown])[] {
  const row = Array.from({ length: 100 }, () => 1);
  let tree: Tree = { kids: [] };
  for (let i = 0; i < 20; i++) tree = { kids: new Array<Tree>(8).fill(tree) };
  const cycle: Tree = { kids: [] };
  cycle.kids.push(cycle);
  const loop: unknown[] = [];
  loop.push(loop);
  const types: readonly (readonly [string, unknown, unknown])[] = [
    ["10 000 rows that are one row", Table, { rows: new Array(10_000).fill(row) }],
    ["a tree of 8^20 nodes", Tree, tree],
    ["a cycle", Tree, cycle],
    ["a cycle in a value of any type", Any, { v: loop }],
    ["one object twice in a value of any type", Any, { v: [row, row] }],
  ];
  return types as readonly (readonly [string, typeof Table, unknown])[];
}

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

const codecs = (["closures", "generated"] as const).flatMap((engine) =>
  (["A", "B"] as const).map((profile) => ({ engine, profile })),
);

describe.each(codecs)("$engine, profile $profile", ({ engine, profile }) => {
  const codec = createCodec({ engine, profile });

  test.each(graphs())("refuses %s in a type without refs", (_, type, value) => {
    for (const dialect of ["A", "B"] as const) {
      const theirs = createCodec({ profile: dialect, refs: true, limits: { depth: 100 } });
      const bytes = theirs.encode(type, value as never);
      const error = failure(() => codec.decode(type, bytes));
      expect(error).toMatchObject({ code: "mismatch" });
      expect(error.message).toMatch(/refs: true/);
      const asked = createCodec({ engine, profile, refs: true, limits: { depth: 100 } });
      expect(asked.decode(type, bytes)).toBeTypeOf("object");
    }
  });

  test("refuses one array in two fields", () => {
    const kept = z.array(z.int()).meta({ ref: true });
    const Theirs = wireType("attack/Pair", { a: kept, b: kept }, { scope: createTypeScope() });
    const list = [1];
    const bytes = createCodec({ profile: "B" }).encode(Theirs, { a: list, b: list });
    expect(failure(() => codec.decode(Pair, bytes))).toMatchObject({
      code: "mismatch",
      path: "attack/Pair.b",
    });
  });

  test("reads messages that track references without repeating any", () => {
    const value = { a: [1], b: [2] };
    for (const dialect of ["A", "B"] as const) {
      const theirs = createCodec({ profile: dialect, refs: true });
      expect(codec.decode(Pair, theirs.encode(Pair, value))).toEqual(value);
    }
  });
});

test.each(graphs())("NATIVE refuses %s in a type without refs", (_, type, value) => {
  const bytes = nativeCodec({ scope }).encode(value);
  const error = failure(() => createCodec({ mode: "native" }).decode(type, bytes));
  expect(error).toMatchObject({ code: "mismatch" });
  expect(error.message).toMatch(/refs: true/);
});

describe.each(["xlang", "native"] as const)("%s", (mode) => {
  const codec = createCodec({ mode, ...(mode === "xlang" && { profile: "B" }) });
  const Item = wireType("attack/Item", { n: z.int() }, { scope });
  const Kept = wireType("attack/Kept", { n: z.int() }, { scope, refs: true });
  const Mixed = wireType(
    "attack/Mixed",
    {
      kept: z.array(Kept),
      item: Item.meta({ ref: true }),
      again: Item.meta({ ref: true }),
      items: z.array(Item),
      any: z.any(),
      graph: z.any().meta({ ref: true }),
    },
    { scope },
  );
  const loop: unknown[] = [];
  loop.push(loop);

  test("writes copies where a type keeps no references, beside places that keep them", () => {
    const [kept, item, part] = [{ n: 1 }, { n: 2 }, { n: 3 }];
    const back = codec.decode(
      Mixed,
      codec.encode(Mixed, {
        kept: [kept, kept],
        item,
        again: item,
        items: [item, item],
        any: [part, part],
        graph: loop,
      }),
    );
    expect(back.kept[1]).toBe(back.kept[0]);
    expect(back.again).toBe(back.item);
    expect(back.items).toEqual([item, item]);
    expect(back.items[1]).not.toBe(back.items[0]);
    expect(back.items).not.toContain(back.item);
    const [first, second] = back.any as unknown[];
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
    expect((back.graph as unknown[])[0]).toBe(back.graph);
  });

  test("refuses a reference beside places that keep them", () => {
    const value = {
      kept: [],
      item: { n: 1 },
      again: { n: 2 },
      items: [] as { n: number }[],
      any: 1 as unknown,
      graph: 2 as unknown,
    };
    const theirs =
      mode === "xlang" ? createCodec({ profile: "B", refs: true }) : nativeCodec({ scope });
    const encode = (one: typeof value): Uint8Array =>
      "type" in theirs ? theirs.encode(Mixed, one) : theirs.encode(one);
    expect(codec.decode(Mixed, encode(value))).toEqual(value);
    const shared = { n: 3 };
    const list = [shared];
    for (const bad of [
      { ...value, items: [shared, shared] },
      { ...value, any: [list, list] },
    ]) {
      expect(failure(() => codec.decode(Mixed, encode(bad)))).toMatchObject({ code: "mismatch" });
    }
  });
});

test("NATIVE sends views of one buffer with bytes of their own", () => {
  const codec = createCodec({ mode: "native" });
  const buffer = new ArrayBuffer(16);
  const v = [
    new Uint8Array(buffer, 0, 8),
    new Uint16Array(buffer, 4, 4),
    new DataView(buffer),
    buffer,
    buffer,
  ];
  const back = codec.decode(Any, codec.encode(Any, { v })).v as typeof v;
  expect(back).toEqual(v);
  expect(new Set(back.map((one) => ("buffer" in one ? one.buffer : one))).size).toBe(5);
});

describe("checks of a type with references", () => {
  interface Branch {
    n: number;
    kids: Branch[];
  }
  const Branch = wireType(
    "attack/Branch",
    {
      n: z.int().min(0),
      get kids() {
        return z.array(Branch);
      },
    },
    { scope, refs: true },
  );
  const checked = (value: Branch): unknown => checkValue(wireTypeInfo(Branch) as never, value);

  test("refuse values of 8^20 nodes, and cycles", () => {
    let tree: Branch = { n: 1, kids: [] };
    for (let i = 0; i < 20; i++) tree = { n: 1, kids: new Array<Branch>(8).fill(tree) };
    const cycle: Branch = { n: 1, kids: [] };
    cycle.kids.push(cycle);
    for (const value of [tree, cycle]) {
      expect(failure(() => checked(value))).toMatchObject({ code: "limit" });
    }
  });

  test("accept values that share some objects", () => {
    const leaf: Branch = { n: 1, kids: [] };
    expect(checked({ n: 1, kids: new Array<Branch>(1_000).fill(leaf) })).toMatchObject({
      issues: [],
    });
  });
});

const Cat = wireType("attack/Cat", { kind: z.literal("cat") }, { scope });
const Dog = wireType("attack/Dog", { kind: z.literal("dog") }, { scope });
const Bird = wireType("attack/Bird", { kind: z.literal("bird") }, { scope });
const OtherCat = wireType("attack/Cat", { kind: z.string() }, { scope: createTypeScope() });
const cases = (name: string) => wireUnion(name, { 0: z.int(), 1: z.string() }, { scope });
const [First, Second] = [cases("attack/First"), cases("attack/Second")];

/** Pairs of types whose values have the same form on the wire, and a value of the first. */
const confusions: readonly (readonly [string, z.ZodType, z.ZodType, unknown])[] = [
  ["null in a list", z.array(z.string().nullable()), z.array(z.string()), [null]],
  ["undefined in a list", z.array(z.string().optional()), z.array(z.string()), [undefined]],
  [
    "undefined for null",
    z.array(z.string().optional()),
    z.array(z.string().nullable()),
    [undefined],
  ],
  ["null in a set", z.set(z.string().nullable()), z.set(z.string()), new Set([null])],
  [
    "null in a record",
    z.record(z.string(), z.int().nullable()),
    z.record(z.string(), z.int()),
    { k: null },
  ],
  [
    "null in a map",
    z.map(z.string(), z.int().nullable()),
    z.map(z.string(), z.int()),
    new Map([["k", null]]),
  ],
  [
    "a null key",
    z.map(z.string().nullable(), z.int()),
    z.map(z.string(), z.int()),
    new Map([[null, 1]]),
  ],
  ["null in a list of lists", z.array(z.array(z.int().nullable())), z.array(z.array(z.int())), []],
  ["bigints for numbers", z.array(z.int64()), z.array(z.int()), [1n]],
  ["numbers for bigints", z.array(z.int()), z.array(z.int64()), [1]],
  ["bigints for dates", z.array(timestamp()), z.array(z.date()), [1n]],
  ["values of another enum", z.array(z.enum(["a", "b"])), z.array(z.enum(["c", "d"])), ["a"]],
  [
    "values of an enum with the same text",
    z.array(z.enum(["a|b"])),
    z.array(z.enum(["a", "b"])),
    [],
  ],
  [
    "options of another union",
    z.array(z.union([Cat, Dog])),
    z.array(z.union([Dog, Bird])),
    [{ kind: "cat" }],
  ],
  ["a type with the same tag", z.array(Cat), z.array(OtherCat), [{ kind: "cat" }]],
  ["a union of cases with another name", z.array(First), z.array(Second), [{ case: 0, value: 1 }]],
  ["a map of any values", z.any(), z.map(z.string(), z.any()), new Map([["k", 1]])],
  ["an object of any values", z.any(), z.map(z.string(), z.any()), { k: 1 }],
  ["an object for a record", z.any(), z.record(z.string(), z.int()), { k: "text" }],
  ["a list of any values", z.any(), z.array(z.int()), ["text"]],
];

describe.each(["closures", "generated"] as const)("%s", (engine) => {
  const codec = createCodec({ engine, profile: "B" });

  test.each(confusions)("refuses a reference to %s", (_, given, wanted, value) => {
    const kept = (schema: z.ZodType) => schema.meta({ ref: true });
    const make = (second: z.ZodType) =>
      wireType(
        "attack/Two",
        { a: kept(given), b: kept(second), c: kept(wanted) },
        { scope: createTypeScope() },
      );
    const [Theirs, Ours] = [make(given), make(wanted)];
    const other = wanted instanceof z.ZodMap ? new Map() : emptyOf(wanted);
    const bytes = codec.encode(Theirs, { a: value, b: value, c: other } as never);
    const same = codec.decode(Theirs, bytes) as { readonly a: unknown; readonly b: unknown };
    expect(same.b).toBe(same.a);
    expect(["mismatch", "data"]).toContain(failure(() => codec.decode(Ours, bytes)).code);
  });

  test("gives a converted value its own type", () => {
    const list = z.array(z.number()).meta({ ref: true });
    const array = z.instanceof(Float64Array).meta({ ref: true });
    const Theirs = wireType("attack/Old", { a: list, b: list }, { scope: createTypeScope() });
    const Ours = wireType("attack/Old", { a: array, b: list }, { scope: createTypeScope() });
    const a = [1.5];
    expect(codec.decode(Ours, codec.encode(Theirs, { a, b: [2.5] }))).toEqual({
      a: Float64Array.of(1.5),
      b: [2.5],
    });
    const bytes = codec.encode(Theirs, { a, b: a });
    expect(failure(() => codec.decode(Ours, bytes))).toMatchObject({ code: "mismatch" });
  });

  test("refuses null in containers that have no nulls, whatever type info says", () => {
    const List = wireType("attack/List", { v: z.array(z.string()) }, { scope });
    const Map_ = wireType("attack/Map", { v: z.record(z.string(), z.string()) }, { scope });
    const exact = createCodec({ engine });
    const list = exact.encode(List, { v: [] });
    const map = exact.encode(Map_, { v: {} });
    const tail = (start: Uint8Array, ...rest: number[]) =>
      Uint8Array.from([...start.subarray(0, -1), ...rest]);
    for (const [type, bytes] of [
      [List, tail(list, 1, 8, 36)],
      [List, tail(list, 1, 0, 36)],
      [Map_, tail(map, 1, 4, 1, 36, 4, 97)],
    ] as const) {
      expect(failure(() => exact.decode(type as typeof List, bytes))).toMatchObject({
        code: "mismatch",
      });
    }
  });
});

function emptyOf(type: z.ZodType): unknown {
  return type instanceof z.ZodSet ? new Set() : type instanceof z.ZodRecord ? {} : [];
}
