import { formatDecimal } from "../../bytes/decimal-text.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "../../bytes/float16.ts";
import { TypeId } from "../../bytes/type-id.ts";
import { safe } from "../../bytes/varint.ts";
import { fail } from "../../failure.ts";
import { integerBits, type ScalarKind, type ScalarType } from "../../schema/field-type.ts";
import type { Profile } from "../profile.ts";
import { type Amount, amountOfNumber, amountOfText, numberText, plainText } from "./amount.ts";
import { scalarOp } from "./scalar-op.ts";
import type { ValueOp } from "./value-op.ts";

const kinds: ReadonlyMap<number, ScalarKind> = new Map(
  Object.entries(TypeId).map(([kind, id]) => [id, kind as ScalarKind]),
);

const floats: ReadonlySet<ScalarKind> = new Set(["float16", "bfloat16", "float32", "float64"]);

function isConvertible(kind: ScalarKind): boolean {
  return kind in integerBits || floats.has(kind) || ["bool", "string", "decimal"].includes(kind);
}

/**
 * Returns an op that reads a boolean, number, decimal or text of another type than ours. A value
 * that would change is refused. Undefined if Fory has no conversion (docs/fory.md, "Evolution").
 */
export function scalarConversion(
  id: number,
  type: ScalarType,
  profile: Profile,
): ValueOp | undefined {
  const kind = kinds.get(id);
  if (kind === undefined || !isConvertible(kind) || !isConvertible(type.kind)) return undefined;
  const wide = kind in integerBits && kind.endsWith("64");
  const from = scalarOp(wide ? { kind, as: "bigint" } : { kind }, profile);
  const own = scalarOp(type, profile);
  return {
    ...own,
    read(r, depth) {
      const converted = convert(scalarOf(kind, from.read(r, depth)), type);
      if (converted !== undefined) return converted;
      throw fail("mismatch", `a ${kind} with a value that ${type.kind} cannot hold`);
    },
  };
}

/** A number is a float, a bigint is an integer. */
type Scalar = boolean | number | bigint | string | Amount;

function scalarOf(kind: ScalarKind, value: unknown): Scalar | undefined {
  if (kind === "decimal") return amountOfText(String(value).replace("E+", "E"));
  return kind in integerBits ? BigInt(value as number | bigint) : (value as Scalar);
}

/** Returns the value in another type, or undefined if it would change. */
function convert(value: Scalar | undefined, type: ScalarType): unknown {
  if (value === undefined) return undefined;
  switch (type.kind) {
    case "bool":
      return toBool(value);
    case "string":
      return toText(value);
    case "decimal": {
      const amount = toAmount(value);
      return amount && formatDecimal(amount);
    }
    default:
      return floats.has(type.kind) ? toFloat(value, type.kind) : toInteger(value, type);
  }
}

function toBool(value: Scalar): boolean | undefined {
  if (value === "true") return true;
  if (value === "false") return false;
  if (typeof value === "string") return value === "1" ? true : value === "0" ? false : undefined;
  const amount = toAmount(value);
  if (amount?.scale !== 0 || amount.unscaled < 0n || amount.unscaled > 1n) return undefined;
  return amount.unscaled === 1n;
}

function toText(value: Scalar): string | undefined {
  if (typeof value === "number") return numberText(value);
  return typeof value === "object" ? plainText(value) : String(value);
}

function toAmount(value: Scalar): Amount | undefined {
  switch (typeof value) {
    case "boolean":
      return { unscaled: value ? 1n : 0n, scale: 0 };
    case "bigint":
      return { unscaled: value, scale: 0 };
    case "number":
      return amountOfNumber(value);
    case "string":
      return amountOfText(value);
    default:
      return value;
  }
}

function toInteger(value: Scalar, type: ScalarType): number | bigint | undefined {
  const amount = toAmount(value);
  if (amount?.scale !== 0) return undefined;
  const bits = integerBits[type.kind] as number;
  const fits =
    bits < 0 ? BigInt.asIntN(-bits, amount.unscaled) : BigInt.asUintN(bits, amount.unscaled);
  if (fits !== amount.unscaled) return undefined;
  return type.as === "bigint" ? fits : safe(Number(fits));
}

function toFloat(value: Scalar, kind: ScalarKind): number | undefined {
  if (typeof value === "number") {
    const near = rounded(value, kind);
    return Object.is(near, value) && !Number.isNaN(value) ? near : undefined;
  }
  const amount = toAmount(value);
  if (!amount) return undefined;
  if (amount.unscaled === 0n) {
    return typeof value === "string" && value.startsWith("-") ? -0 : 0;
  }
  const near = rounded(Number(plainText(amount)), kind);
  const exact = amountOfNumber(near);
  return exact && exact.unscaled === amount.unscaled && exact.scale === amount.scale
    ? near
    : undefined;
}

function rounded(value: number, kind: ScalarKind): number {
  switch (kind) {
    case "float16":
      return float16Value(float16Bits(value));
    case "bfloat16":
      return bfloat16Value(bfloat16Bits(value));
    case "float32":
      return Math.fround(value);
    default:
      return value;
  }
}
