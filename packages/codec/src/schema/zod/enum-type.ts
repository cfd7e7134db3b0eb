import type { $ZodTypes } from "zod/v4/core";
import { globalRegistry } from "zod/v4/core";
import type { EnumType } from "../field-type.ts";
import { refuse } from "./refusal.ts";

type Entries = Readonly<Record<string, string | number>>;

/**
 * Returns the type of a `z.enum`, with the numbers that `.meta({ numbers })` gives to its values.
 */
export function enumType(zod: $ZodTypes, entries: Entries, path: string): EnumType {
  const values = enumValues(entries);
  const given: unknown = globalRegistry.get(zod)?.numbers;
  return given === undefined
    ? { kind: "enum", values }
    : { kind: "enum", values, numbers: enumNumbers(values, given, path) };
}

/**
 * Returns the values in the order of declaration, without the reverse entries of a numeric
 * TypeScript enum.
 */
export function enumValues(entries: Entries): (string | number)[] {
  const numbers = Object.values(entries).filter((value) => typeof value === "number");
  const values = Object.entries(entries)
    .filter(([key]) => !numbers.includes(Number(key)))
    .map(([, value]) => value);
  // two names of a TypeScript enum may have one value
  return [...new Set(values)];
}

/**
 * Returns a number for each value. Throws `CodecError` `schema` if one is missing or
 * repeated.
 */
export function enumNumbers(
  values: readonly (string | number)[],
  given: unknown,
  path: string,
): readonly number[] {
  const table = (typeof given === "object" && given !== null ? given : {}) as Entries;
  const numbers = values.map((value) => (Object.hasOwn(table, value) ? table[value] : undefined));
  const good = numbers.every(
    (one) => Number.isInteger(one) && (one as number) >= 0 && (one as number) <= 0xffff_ffff,
  );
  if (!good || new Set(numbers).size !== numbers.length) {
    throw refuse(
      path,
      "an enum with these numbers",
      "give each value its own 32-bit integer: .meta({ numbers: { low: 10, high: 20 } })",
    );
  }
  return numbers as number[];
}
