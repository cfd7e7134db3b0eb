import { CodecError } from "../error.ts";

/** Parts of repeated objects that may be checked beyond those of a value without repetitions. */
const mostRepeated = 250_000;

/**
 * Refuses a value with references whose checks would take too long. zod checks an object each time
 * it appears, and never ends in a cycle: a short message could stop the program. Throws
 * {@link CodecError} `limit`.
 */
export function checkRepeats(value: unknown, tag: string): void {
  const known = new Set<object>();
  const open: unknown[] = [value];
  let once = 0;
  let repeated = 0;
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== "object" || one === null) continue;
    const parts = partsOf(one);
    if (known.has(one)) repeated += 1 + parts.length;
    else {
      known.add(one);
      once += 1 + parts.length;
    }
    if (repeated > once + mostRepeated) {
      throw new CodecError(
        "limit",
        `${tag}: objects that repeat too often, or contain themselves, cannot be checked: ` +
          "remove the checks or the references from the type",
        { path: tag },
      );
    }
    for (const part of parts) if (typeof part === "object") open.push(part);
  }
}

function partsOf(object: object): readonly unknown[] {
  if (Array.isArray(object)) return object;
  if (object instanceof Map) return [...object].flat();
  if (object instanceof Set) return [...object];
  return ArrayBuffer.isView(object) ? [] : Object.values(object);
}
