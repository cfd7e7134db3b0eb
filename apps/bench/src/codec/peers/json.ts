import type { Contender } from "../contender.ts";
import type { SuiteName } from "../suite.ts";
import { suites } from "../suite.ts";

/** JSON to and from bytes. Shared values are repeated, and typed arrays are lists. */
export function json(suite: SuiteName): Contender {
  const value = suite === "floats" ? { values: Array.from(suites.floats.values) } : suites[suite];
  return {
    encode: () => Buffer.from(JSON.stringify(value)),
    decode: (bytes) => JSON.parse((bytes as Buffer).toString()),
  };
}
