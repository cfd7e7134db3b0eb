import { deserialize, serialize } from "node:v8";
import type { Contender } from "../contender.ts";
import type { SuiteName } from "../suite.ts";
import { suites } from "../suite.ts";

/** The structured clone of Node. */
export function v8Serialize(suite: SuiteName): Contender {
  const value = suites[suite];
  return { encode: () => serialize(value), decode: (bytes) => deserialize(bytes) };
}
