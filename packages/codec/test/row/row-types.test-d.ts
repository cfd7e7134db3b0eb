import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { bytes, timestamp, wireType } from "../../src/index.ts";
import {
  type RowList,
  type RowMap,
  type RowView,
  rowCodec,
  rowReader,
} from "../../src/row/index.ts";

const Point = wireType("row-types/Point", { x: z.number(), label: z.string().default("") });
const All = wireType("row-types/All", {
  name: z.string().optional(),
  at: timestamp(),
  when: z.date(),
  data: bytes(),
  numbers: z.instanceof(Float64Array),
  point: Point.nullable(),
  points: z.array(Point),
  tags: z.set(z.string()),
  byName: z.record(z.string(), Point),
  byId: z.map(z.int64(), z.array(z.boolean())),
  state: z.enum(["a", "b"]),
});
type Point = { x: number; label: string };
const rows = rowCodec(All);
const view = rows.view(new Uint8Array());

test("rows have the values of their type", () => {
  expectTypeOf(rows.decode).returns.toEqualTypeOf<z.output<typeof All>>();
  expectTypeOf(rows.encode).parameter(0).toEqualTypeOf<z.input<typeof All>>();
  expectTypeOf(view.toObject).returns.toEqualTypeOf<z.output<typeof All>>();
});

test("views return scalars as they are", () => {
  expectTypeOf(view.get("name")).toEqualTypeOf<string | undefined>();
  expectTypeOf(view.get("at")).toEqualTypeOf<bigint>();
  expectTypeOf(view.get("when")).toEqualTypeOf<Date>();
  expectTypeOf(view.get("data")).toEqualTypeOf<Uint8Array>();
  expectTypeOf(view.get("state")).toEqualTypeOf<"a" | "b">();
});

test("views return views", () => {
  expectTypeOf(view.get("point")).toEqualTypeOf<RowView<Point> | null>();
  expectTypeOf(view.get("points")).toEqualTypeOf<RowList<Point>>();
  expectTypeOf(view.get("points").at(0)).toEqualTypeOf<RowView<Point> | undefined>();
  expectTypeOf(view.get("tags")).toEqualTypeOf<RowList<string>>();
  expectTypeOf(view.get("byName")).toEqualTypeOf<RowMap<string, Point, Record<string, Point>>>();
  expectTypeOf(view.get("byId").get(1n)).toEqualTypeOf<RowList<boolean> | undefined>();
});

test("an unknown key does not compile", () => {
  // @ts-expect-error there is no such field
  view.get("missing");
  // @ts-expect-error rows need wire types
  rowCodec(z.object({ a: z.string() }).shape.a);
});

test("rows of an unknown type have unknown values", () => {
  const dynamic = rowReader(rows.schema).view(new Uint8Array());
  expectTypeOf(dynamic.get("anything")).toEqualTypeOf<unknown>();
});
