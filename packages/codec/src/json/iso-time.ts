import { fail, quote } from "../failure.ts";

const pattern =
  /^((?:\d{4}|[+-]\d{6})-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/;
const milli = 1_000_000n;

/** Returns the nanoseconds since 1970 of an ISO 8601 time. Without a zone it is UTC. */
export function parseTime(text: string): bigint {
  const [ms, fraction] = parse(text);
  return BigInt(ms) * milli + BigInt(fraction.padEnd(9, "0"));
}

/** Returns the milliseconds. Fractions of a millisecond are cut off. */
export function parseMillis(text: string): number {
  const [ms, fraction] = parse(text);
  return ms + Number(fraction.slice(0, 3).padEnd(3, "0"));
}

/** Returns the milliseconds of the whole seconds, and the digits of the fraction. */
function parse(text: string): [ms: number, fraction: string] {
  const parts = pattern.exec(text);
  const ms = parts
    ? Date.parse(`${(parts[1] ?? "").replace(" ", "T")}${parts[3] ?? "Z"}`)
    : Number.NaN;
  if (Number.isNaN(ms)) throw fail("data", `${quote(text)} is not an ISO 8601 time`);
  return [ms, parts?.[2] ?? ""];
}

/** Returns the ISO 8601 time, with as many digits of the second as needed. */
export function formatTime(nanos: bigint): string {
  const rest = ((nanos % milli) + milli) % milli;
  const ms = Number((nanos - rest) / milli);
  const date = new Date(ms);
  if (Number.isNaN(date.getTime()))
    throw fail("value", "a timestamp outside the years of ISO 8601");
  const text = date.toISOString();
  return rest === 0n ? text : `${text.slice(0, -1)}${String(rest).padStart(6, "0")}Z`;
}
