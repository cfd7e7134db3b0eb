import { fail, kindOf } from "../failure.ts";

/**
 * Writes and reads the values of one type as JSON. `depth` is the depth of the value, 1 for the
 * root.
 */
export interface JsonOp {
  /** Returns the JSON text of a value. */
  write(value: unknown, depth: number): string;
  /** Returns the value for parsed JSON. Integers beyond 2^53 arrive as bigints. */
  read(json: unknown, depth: number): unknown;
  /** The values as keys of JSON objects, for types whose texts need a rule of their own. */
  readonly keys?: {
    write(value: unknown): string;
    read(name: string): unknown;
  };
}

/** Checks the limit of nesting, in both directions. */
export function checkDepth(depth: number, max: number): void {
  if (depth > max) throw fail("limit", `nested deeper than ${max} levels`);
}

export function expected(what: string, json: unknown): unknown {
  return fail("data", `expected ${what}, got ${kindOf(json)}`);
}
