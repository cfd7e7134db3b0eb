import { fail, kindOf, quote } from "../failure.ts";
import type { CaseUnion, ElementType } from "./field-type.ts";

/** A value of a union of numbered cases, as JavaScript has it. */
export interface CaseValue {
  case: number;
  value: unknown;
}

/** The parts of a value to encode, and the type of its case; throws `value` for anything else. */
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

/** What is said of a number that a union does not have. */
export function notOfCases(number: unknown, cases: ReadonlyMap<number, unknown>): string {
  const known = [...cases.keys()].slice(0, 8).map(String);
  if (cases.size > 8) known.push("…");
  const what = typeof number === "number" ? String(number) : quote(kindOf(number));
  return `${what} is none of the cases ${known.join(", ")}`;
}
