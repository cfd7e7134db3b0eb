import { checkJson, encodeJson, type JsonRules, parseJson } from "@aster/trust/json";
import { type ZodType, z } from "zod";
import { RegistryError } from "../error.ts";

// The values that records have in common.

export const hexId: ZodType<string> = z.string().regex(/^[0-9a-f]{64}$/, "not 64 hex characters");
export const epochMs: ZodType<number> = z.int().min(0);
export const shortText: ZodType<string> = z.string().max(256);
export const name: ZodType<string> = z.string().min(1).max(256);
export const longText: ZodType<string> = z.string().max(4_096);

const malformed = (problem: string, options?: ErrorOptions): RegistryError =>
  new RegistryError("record", problem, options);

/** The bounds of every record (docs/registry.md, "Records"). */
const rules: JsonRules = {
  bounds: { bytes: 65_536, depth: 50 },
  tooLarge: malformed,
  malformed,
};

/** The bytes of a record, after the checks that a reader makes. Throws `"record"`. */
export function encodeRecord(what: string, wire: unknown, shape: ZodType): Uint8Array {
  checkJson(what, wire, shape, rules);
  return encodeJson(what, wire, rules);
}

/** Reads a record of the given shape. Throws `"record"`. */
export function parseRecord<T>(what: string, input: Uint8Array | string, shape: ZodType<T>): T {
  return parseJson(what, input, shape, rules);
}
