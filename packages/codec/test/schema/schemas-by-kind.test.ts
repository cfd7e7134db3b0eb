import { arraySchemas, createTypeScope, scalarSchemas, wireType, wireTypeInfo } from "@aster/codec";
import { expect, test } from "vitest";
import type { z } from "zod";

function typeOf(schema: z.ZodType): object | undefined {
  const type = wireType("test/One", { value: schema }, { scope: createTypeScope() });
  return wireTypeInfo(type)?.fields[0]?.type;
}

test.each(Object.entries(scalarSchemas))("the schema of %s has that kind", (kind, make) => {
  expect(typeOf(make())).toMatchObject({ kind });
});

test.each([
  ["varint64", "number", { as: "number" }],
  ["varint64", "bigint", { as: "bigint" }],
  // a Date
  ["timestamp", "number", {}],
  ["timestamp", "bigint", { as: "bigint" }],
] as const)("the schema of %s as %s has that JavaScript type", (kind, as, more) => {
  expect(typeOf(scalarSchemas[kind](as))).toEqual({ kind, ...more });
});

test.each(Object.entries(arraySchemas))("the schema of arrays of %s has it", (element, make) => {
  expect(typeOf(make())).toMatchObject({ kind: "array", element });
});
