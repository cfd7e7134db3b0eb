import { expect, test } from "vitest";
import { createTypeScope, int8, wireType } from "../../src/index.ts";
import { parseRowSchema, rowCodec, rowReader } from "../../src/row/index.ts";
import { bytesOf, hexOf } from "../support/fixture.ts";
import { buildRow, rowCases, rowNames } from "../support/row-fixture.ts";

test("the fixtures cover rows", () => {
  expect(rowCases.length).toBeGreaterThan(100);
  expect(new Set(rowCases.map(({ hex }) => hex)).size).toBeGreaterThan(90);
});

test.each(rowCases)("$name", (given) => {
  const { type, value } = buildRow(given);
  const rows = rowCodec(type);
  const row = bytesOf(given.hex);
  expect(hexOf(rows.schemaBytes())).toBe(given.schema);
  expect(hexOf(rows.encode(value))).toBe(given.hex);
  expect(rows.decode(row)).toEqual(value);
  expect(rows.view(row).toObject()).toEqual(value);
  rows.checkSchema(bytesOf(given.schema));
  expect(parseRowSchema(bytesOf(given.schema))).toEqual(rows.schema);
  const dynamic = rowReader(parseRowSchema(bytesOf(given.schema))).decode(row);
  expect(Object.keys(dynamic)).toEqual(rows.schema.fields.map(({ name }) => name));
  expect(loose(dynamic)).toEqual(loose(value));
});

test.each(rowNames)("the name $name in a schema", ({ name, schema }) => {
  const type = wireType(
    "rows/Named",
    { field: int8().meta({ name }) },
    { scope: createTypeScope() },
  );
  expect(hexOf(rowCodec(type).schemaBytes())).toBe(schema);
  expect(parseRowSchema(bytesOf(schema)).fields[0]?.name).toBe(name);
});

/**
 * Returns a value in the form in which the schema alone decodes it: sets are lists, records are
 * maps.
 */
function loose(value: unknown): unknown {
  if (value instanceof Set || Array.isArray(value)) return [...value].map(loose);
  if (value instanceof Map)
    return loose(Object.fromEntries([...value].map(([key, item]) => [String(key), item])));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, loose(item)]),
  );
}
