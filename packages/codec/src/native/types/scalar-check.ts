import { dayOf } from "../../bytes/day.ts";
import { parseDecimal } from "../../bytes/decimal-text.ts";
import { float } from "../../bytes/float.ts";
import { bigInteger, integer, safeInteger } from "../../bytes/integer.ts";
import { integerRanges } from "../../bytes/integer-ranges.ts";
import { fail, kindOf } from "../../failure.ts";
import type { IntegerKind, ScalarType } from "../../schema/field-type.ts";
import { isBytes, isDate } from "../../value-kind.ts";

export type Accept = (value: unknown) => void;

/**
 * Returns a function that accepts the values of a scalar type and throws a `value` failure for
 * others.
 */
export function scalarCheck(type: ScalarType): Accept {
  switch (type.kind) {
    case "string":
      return expecting("a string", (value) => typeof value === "string");
    case "bool":
      return expecting("a boolean", (value) => typeof value === "boolean");
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
      return float;
    case "binary":
      return expecting("bytes (Uint8Array)", isBytes);
    case "timestamp":
      return type.as === "bigint"
        ? expecting("a bigint of nanoseconds", (value) => typeof value === "bigint")
        : expecting("a valid Date", (value) => isDate(value) && !Number.isNaN(value.getTime()));
    case "date":
      return dayOf;
    case "duration":
      return expecting("a bigint of nanoseconds", (value) => typeof value === "bigint");
    case "decimal":
      return parseDecimal;
    default:
      return integerCheck(type.kind, type.as === "bigint");
  }
}

function integerCheck(kind: IntegerKind, big: boolean): Accept {
  const signed = !kind.includes("uint");
  if (big) return (value) => bigInteger(value, signed);
  const range = integerRanges[kind];
  if (range) return (value) => integer(value, kind, range[0], range[1]);
  return (value) => {
    if (safeInteger(value) < 0 && !signed) throw fail("value", `an integer outside ${kind}`);
  };
}

/** Returns a function that accepts the values for which a test returns true. */
export function expecting(what: string, test: (value: unknown) => boolean): Accept {
  return (value) => {
    if (!test(value)) throw fail("value", `expected ${what}, got ${kindOf(value)}`);
  };
}
