import { NotationError } from "./notation.ts";

const nanosPerSecond = 1_000_000_000n;
const dayMs = 86_400_000;

/** Converts `[seconds, nanos]` to nanoseconds. */
export function nanosOf(parts: unknown): bigint {
  if (!Array.isArray(parts) || parts.length !== 2 || !parts.every(Number.isInteger)) {
    throw new NotationError("notation", "a time is [seconds, nanoseconds]");
  }
  return BigInt(parts[0]) * nanosPerSecond + BigInt(parts[1]);
}

/** Converts nanoseconds to `[seconds, nanos]` with non-negative nanos. */
export function secondsAndNanos(nanos: bigint): readonly [number, number] {
  const rest = ((nanos % nanosPerSecond) + nanosPerSecond) % nanosPerSecond;
  return [Number((nanos - rest) / nanosPerSecond), Number(rest)];
}

/** Converts the number of a day since 1970-01-01 to text. */
export function dayText(day: unknown): string {
  const time = new Date(Number(day) * dayMs);
  if (!Number.isInteger(day) || Number.isNaN(time.getTime())) {
    throw new NotationError("notation", "a date is a number of days");
  }
  return time.toISOString().slice(0, 10);
}

/** Converts the text of a day to its number since 1970-01-01. */
export function dayNumber(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / dayMs;
}

/** Converts `[scale, unscaled]` to decimal text. */
export function decimalText(parts: unknown): string {
  if (!Array.isArray(parts) || parts.length !== 2 || !Number.isInteger(parts[0])) {
    throw new NotationError("notation", "a decimal is [scale, unscaled]");
  }
  const unscaled = BigInt(parts[1]);
  const scale = Number(parts[0]);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const sign = unscaled < 0n ? "-" : "";
  if (scale <= 0) return sign + digits + (scale < 0 ? `E+${-scale}` : "");
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Converts decimal text to `[scale, unscaled]`. */
export function decimalParts(text: string): readonly [number, string] {
  const [number = "", exponent = "0"] = text.split("E");
  const [whole = "", fraction = ""] = number.split(".");
  return [
    fraction.length - Number(exponent),
    String(BigInt(whole.replace("-", "") + fraction) * (text.startsWith("-") ? -1n : 1n)),
  ];
}
