import { TypeId } from "../../bytes/type-id.ts";
import { fail, quote } from "../../failure.ts";
import type { EnumType } from "../../schema/field-type.ts";
import { nameWriter } from "../name-info.ts";
import type { Profile } from "../profile.ts";
import { readTypeName } from "../struct-info.ts";
import { plainOp, type ValueOp } from "./value-op.ts";

/**
 * Returns the numbers of enum values on the wire: their positions in the declaration. Profile B
 * prefers declared numbers, or the values themselves if they are integers.
 */
export function enumNumbers(
  { values, numbers }: EnumType,
  profile: Profile,
): ReadonlyMap<string | number, number> {
  const own = numbers ?? (values.every(isUint32) ? (values as readonly number[]) : undefined);
  const explicit = profile.id === "B" ? own : undefined;
  return new Map(values.map((value, i) => [value, explicit?.[i] ?? i]));
}

function isUint32(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff_ffff;
}

/** The op of an enum. */
export function enumOp(type: EnumType, profile: Profile): ValueOp {
  const { values, named } = type;
  const ordinals: ReadonlyMap<unknown, number> = enumNumbers(type, profile);
  const byNumber = new Map([...ordinals].map(([value, number]) => [number, value]));
  const op = plainOp(
    TypeId.enum,
    (w, value) => {
      const ordinal = ordinals.get(value);
      if (ordinal === undefined) throw fail("value", notOneOf(value, values));
      w.putSmall(ordinal);
    },
    (r) => {
      const ordinal = r.small();
      const value = byNumber.get(ordinal);
      if (value === undefined)
        throw fail("data", `value ${ordinal} of an enum of ${values.length}`);
      return value;
    },
    0,
  );
  const self: ValueOp = {
    ...op,
    shape: `enum ${JSON.stringify([named?.tag, values])}`,
    // explicit type info may name an enum that only the writer has
    readInfo(r) {
      const id = r.byte();
      if (id === TypeId.enum) r.small();
      else if (id === TypeId.namedEnum) readTypeName(r, profile);
      else throw fail("mismatch", `an enum expected, type id ${id} found`);
      return self;
    },
    ...(named && { writeInfo: nameWriter("enum", named, profile) }),
  };
  return self;
}

/** The op for values of an enum that only the writer has: it reads their numbers. */
export const enumNumberOp: ValueOp = plainOp(
  TypeId.enum,
  () => {
    throw fail("value", "an enum that is not known here");
  },
  (r) => r.small(),
  0,
);

export function notOneOf(value: unknown, values: readonly (string | number)[]): string {
  const known = values.slice(0, 8).map((one) => JSON.stringify(one));
  if (values.length > 8) known.push("…");
  return `${quote(value)} is not one of ${known.join(", ")}`;
}
