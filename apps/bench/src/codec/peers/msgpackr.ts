import { Packr } from "msgpackr";
import type { Contender } from "../contender.ts";
import type { SuiteName } from "../suite.ts";
import { suites } from "../suite.ts";

/** msgpackr with shared records, and with structured clone for shared values and typed arrays. */
export function msgpackr(suite: SuiteName): Contender {
  const value = suites[suite];
  const codec = new Packr({
    structures: [],
    ...(suite === "graph" && { structuredClone: true }),
    ...(suite === "floats" && { moreTypes: true }),
  });
  return { encode: () => codec.pack(value), decode: (bytes) => codec.unpack(bytes) };
}
