import { tableFromIPC, tableToIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  bytes,
  createTypeScope,
  date,
  duration,
  timestamp,
  uint16,
  wireType,
} from "../../src/index.ts";
import { toArrow } from "../../src/row/arrow.ts";
import { parseRowSchema, rowCodec } from "../../src/row/index.ts";

const scope = createTypeScope();
const Point = wireType("arrow/Point", { x: z.int32(), label: z.string().nullable() }, { scope });
const Sample = wireType(
  "arrow/Sample",
  {
    id: z.int(),
    flag: z.boolean().nullable(),
    port: uint16(),
    score: z.number().nullable(),
    single: z.float32(),
    name: z.string().nullable(),
    data: bytes().nullable(),
    day: date(),
    at: timestamp(),
    wait: duration(),
    point: Point.nullable(),
    points: z.array(Point.nullable()).nullable(),
    counts: z.record(z.string(), z.int().nullable()).nullable(),
  },
  { scope },
);
const rows = rowCodec(Sample);
const samples: z.output<typeof Sample>[] = [
  {
    id: 1,
    flag: true,
    port: 65_535,
    score: 0.5,
    single: 1.5,
    name: "häuser",
    data: Uint8Array.of(1, 2),
    day: "1969-12-31",
    at: 1_700_000_000_123_456_000n,
    wait: -1_000n,
    point: { x: 1, label: "p" },
    points: [{ x: 2, label: null }, null],
    counts: { a: 1, b: null },
  },
  {
    id: 2,
    flag: null,
    port: 0,
    score: null,
    single: 0,
    name: null,
    data: null,
    day: "2026-11-21",
    at: 0n,
    wait: 0n,
    point: null,
    points: null,
    counts: null,
  },
  {
    id: 3,
    flag: false,
    port: 1,
    score: -1,
    single: -2,
    name: "",
    data: new Uint8Array(0),
    day: "0001-01-01",
    at: -1_000n,
    wait: 5_000n,
    point: { x: 3, label: null },
    points: [],
    counts: {},
  },
];

test("rows become a table that Arrow's readers accept", async () => {
  const schema = parseRowSchema(rows.schemaBytes());
  const made = await toArrow(
    schema,
    samples.map((one) => rows.encode(one)),
  );
  expect(made.schema.fields.map(String)).toEqual([
    "at: Timestamp<MICROSECOND, UTC>",
    "counts: Map<{key:Utf8, value:Int64}>",
    "data: Binary",
    "day: Date32<DAY>",
    "flag: Bool",
    "id: Int64",
    "name: Utf8",
    "point: Struct<{label:Utf8, x:Int32}>",
    "points: List<Struct<{label:Utf8, x:Int32}>>",
    "port: Int32",
    "score: Float64",
    "single: Float32",
    "wait: Duration<MICROSECOND>",
  ]);
  for (const table of [made, tableFromIPC(tableToIPC(made))]) {
    const column = (name: string): unknown[] => [...(table.getChild(name) ?? [])];
    expect(table.numRows).toBe(3);
    expect(column("id")).toEqual([1n, 2n, 3n]);
    expect(column("flag")).toEqual([true, null, false]);
    expect(column("port")).toEqual([65_535, 0, 1]);
    expect(column("score")).toEqual([0.5, null, -1]);
    expect(column("single")).toEqual([1.5, 0, -2]);
    expect(column("name")).toEqual(["häuser", null, ""]);
    expect(column("data")).toEqual([Uint8Array.of(1, 2), null, new Uint8Array(0)]);
    const raw = (name: string): unknown[] =>
      [...(table.getChild(name)?.data[0]?.values ?? [])].slice(0, 3);
    expect(raw("day")).toEqual([-1, 20_778, -719_162]);
    expect(raw("at")).toEqual([1_700_000_000_123_456n, 0n, -1n]);
    expect(raw("wait")).toEqual([-1n, 0n, 5n]);
    expect(plain(column("point"))).toEqual([{ label: "p", x: 1 }, null, { label: null, x: 3 }]);
    expect(plain(column("points"))).toEqual([[{ label: null, x: 2 }, null], null, []]);
    expect(plain(column("counts"))).toEqual([{ a: "1", b: null }, null, {}]);
  }
});

test("no rows become an empty table", async () => {
  const table = await toArrow(rows.schema, []);
  expect(table.numRows).toBe(0);
  expect(table.schema.fields.length).toBe(13);
});

test("a broken row is refused", async () => {
  await expect(toArrow(rows.schema, [new Uint8Array(8)])).rejects.toMatchObject({ code: "data" });
});

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, one) => (typeof one === "bigint" ? String(one) : one)),
  );
}
