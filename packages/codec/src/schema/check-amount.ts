import { CodecError } from "../error.ts";

/** Values in one message that zod may check. Each takes up to a third of a microsecond. */
const mostChecked = 100_000;
/** An object with more keys is a record, whose entries take zod as long as this many values. */
const structKeys = 64;
const entryValues = 6;

/** Refuses a value whose checks would take too long. Throws {@link CodecError} `limit`. */
export function checkAmount(value: unknown, tag: string): void {
  if (restAfter(value, mostChecked) >= 0) return;
  throw new CodecError(
    "limit",
    `${tag}: more than ${mostChecked} values in one message, too many for a type with checks: ` +
      "send them in several messages, or remove the checks from the type",
    { path: tag },
  );
}

/** Returns the values that are left after those of `value`. A negative number: too many. */
function restAfter(value: unknown, most: number): number {
  let rest = most - 1;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return rest;
  if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) {
      if (rest < 0) return rest;
      rest = restAfter(item, rest);
    }
  } else if (value instanceof Map) {
    for (const item of value.values()) {
      if (rest < 0) return rest;
      rest = restAfter(item, rest - 1);
    }
  } else {
    let keys = 0;
    for (const key in value) {
      if (++keys > structKeys) rest -= entryValues - 1;
      if (rest < 0) return rest;
      rest = restAfter((value as Record<string, unknown>)[key], rest);
    }
  }
  return rest;
}
