import { Encoder } from "cbor-x";
import type { Contender } from "../contender.ts";
import type { SuiteName } from "../suite.ts";
import { suites } from "../suite.ts";

/** cbor-x with shared records, and with structured clone for shared values. */
export function cborX(suite: SuiteName): Contender {
  const value = suites[suite];
  const codec = new Encoder({
    structures: [],
    ...(suite === "graph" && { structuredClone: true }),
  });
  return { encode: () => codec.encode(value), decode: (bytes) => codec.decode(bytes) };
}
