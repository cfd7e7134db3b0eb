import { fail, quote } from "../failure.ts";
import { plainOp } from "./plain-op.ts";
import { TypeId } from "./type-id.ts";
import type { ValueOp } from "./value-op.ts";

/** One of the declared values, as its place in the declaration. */
export function enumOp(values: readonly (string | number)[]): ValueOp {
  const ordinals = new Map<unknown, number>(values.map((value, i) => [value, i]));
  const op = plainOp(
    TypeId.enum,
    (w, value) => {
      const ordinal = ordinals.get(value);
      if (ordinal === undefined) throw fail("value", notOneOf(value, values));
      w.putSmall(ordinal);
    },
    (r) => {
      const ordinal = r.small();
      const value = values[ordinal];
      if (value === undefined)
        throw fail("data", `value ${ordinal} of an enum of ${values.length}`);
      return value;
    },
    0,
  );
  return {
    ...op,
    // explicit type info names an enum that only its writer knows
    readInfo(r) {
      const id = r.byte();
      if (id === TypeId.namedEnum) {
        r.name("namespace");
        r.name("type");
      } else if (id === TypeId.enum) r.small();
      else throw fail("mismatch", `an enum expected, type id ${id} found`);
    },
  };
}

export function notOneOf(value: unknown, values: readonly (string | number)[]): string {
  const known = values.slice(0, 8).map((one) => JSON.stringify(one));
  if (values.length > 8) known.push("…");
  return `${quote(value)} is not one of ${known.join(", ")}`;
}
