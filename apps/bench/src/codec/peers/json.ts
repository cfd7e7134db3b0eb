import type { Contender } from "../contender.ts";
import type { SuiteName } from "../suite.ts";
import { suites } from "../suite.ts";

/** JSON to bytes and back; a shared value is written every time, a typed array as a list. */
export function json(suite: SuiteName): Contender {
  const value = suite === "floats" ? { values: Array.from(suites.floats.values) } : suites[suite];
  return {
    encode: () => Buffer.from(JSON.stringify(value)),
    decode: (bytes) => JSON.parse((bytes as Buffer).toString()),
  };
}
