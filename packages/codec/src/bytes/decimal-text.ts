import { fail } from "../failure.ts";

/**
 * A decimal number as text. An exponent replaces trailing zeros that are not significant: `7E+3`.
 */
export const decimalPattern: RegExp = /^-?(?:0|[1-9]\d*)(?:\.\d+|E\+[1-9]\d{0,3})?$/;

/**
 * Maximum number of digits. Converting a bigint to text takes more than linear time, so that a peer
 * could block the program with a long one.
 */
const maxDigits = 2_000;

/** The value is `unscaled / 10^scale`. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

export function parseDecimal(value: unknown): Decimal {
  if (typeof value !== "string" || value.length > maxDigits || !decimalPattern.test(value)) {
    throw fail("value", 'expected a decimal number as text, like "-12.50"');
  }
  const exponent = value.indexOf("E");
  if (exponent > 0) {
    const scale = -Number(value.slice(exponent + 1));
    if (scale < -maxDigits) throw fail("limit", `a decimal of scale ${scale}`);
    return { unscaled: BigInt(value.slice(0, exponent)), scale };
  }
  const point = value.indexOf(".");
  const scale = point < 0 ? 0 : value.length - point - 1;
  return { unscaled: BigInt(value.replace(".", "")), scale };
}

export function formatDecimal({ unscaled, scale }: Decimal): string {
  if (Math.abs(scale) > maxDigits) throw fail("limit", `a decimal of scale ${scale}`);
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  if (scale <= 0) return sign + digits + (scale === 0 ? "" : `E+${-scale}`);
  const padded = digits.padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** Maximum size of an unscaled value on the wire: the bytes of `maxDigits` digits. */
export const maxUnscaledBytes: number = Math.ceil((maxDigits * Math.log2(10)) / 8);
