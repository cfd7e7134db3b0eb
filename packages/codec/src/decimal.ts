import { fail } from "./failure.ts";

/** A decimal number as people write it, without an exponent. */
export const decimalPattern: RegExp = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Digits beyond this are refused: turning them into text takes more than linear time. */
const maxDigits = 2_000;

/** `unscaled / 10^scale`. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

export function parseDecimal(value: unknown): Decimal {
  if (typeof value !== "string" || value.length > maxDigits || !decimalPattern.test(value)) {
    throw fail("value", 'expected a decimal number as text, like "-12.50"');
  }
  const point = value.indexOf(".");
  const scale = point < 0 ? 0 : value.length - point - 1;
  return { unscaled: BigInt(value.replace(".", "")), scale };
}

export function formatDecimal({ unscaled, scale }: Decimal): string {
  if (Math.abs(scale) > maxDigits) throw fail("limit", `a decimal of scale ${scale}`);
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  if (scale <= 0) return unscaled === 0n ? "0" : sign + digits + "0".repeat(-scale);
  const padded = digits.padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** Most bytes of an unscaled value on the wire. */
export const maxUnscaledBytes: number = Math.ceil((maxDigits * Math.log2(10)) / 8);
