import { fail, kindOf, quote } from "../failure.ts";
import type { CaseUnion, ElementType } from "./field-type.ts";

/** A value of a union of numbered cases in JavaScript. */
export interface CaseValue {
  case: number;
  value: unknown;
}

/**
 * Returns the parts of a value to encode, and the type of its case. Throws a `value` failure for
 * anything else.
 */
export function partsOf(
  { named, cases }: CaseUnion,
  value: unknown,
): { readonly number: number; readonly value: unknown; readonly element: ElementType } {
  if (typeof value !== "object" || value === null) {
    throw fail(
      "value",
      `expected an object of case and value (${named.tag}), got ${kindOf(value)}`,
    );
  }
  const { case: number, value: inner } = value as CaseValue;
  const element = cases().get(number);
  if (!element) throw fail("value", notOfCases(number, cases())).inField("case");
  if ((inner === undefined || inner === null) && !element.nullable && element.type.kind !== "any") {
    throw fail("value", "is missing").inField("value");
  }
  return { number, value: inner, element };
}

/** Returns the error text for a number that a union does not have. */
export function notOfCases(number: unknown, cases: ReadonlyMap<number, unknown>): string {
  const known = [...cases.keys()].slice(0, 8).map(String);
  if (cases.size > 8) known.push("…");
  const what = typeof number === "number" ? String(number) : quote(kindOf(number));
  return `${what} is not one of the cases ${known.join(", ")}`;
}
