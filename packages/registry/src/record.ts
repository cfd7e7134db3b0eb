import { asciiJson, parseBoundedJson } from "@aster/trust";
import { type ZodType, z } from "zod";
import { RegistryError } from "./error.ts";

const MAX_RECORD_BYTES = 65_536;
const MAX_RECORD_DEPTH = 50;

export const hexId: ZodType<string> = z.string().regex(/^[0-9a-f]{64}$/, "not 64 hex characters");
export const epochMs: ZodType<number> = z.int().min(0);
export const shortText: ZodType<string> = z.string().max(256);
export const name: ZodType<string> = z.string().min(1).max(256);
export const longText: ZodType<string> = z.string().max(4_096);

const utf8 = new TextEncoder();

/** One record as bytes, after the same checks a reader makes. */
export function encodeRecord(what: string, wire: unknown, shape: ZodType): Uint8Array {
  check(what, wire, shape);
  const bytes = utf8.encode(asciiJson(wire));
  if (bytes.length > MAX_RECORD_BYTES) {
    throw new RegistryError(
      "record",
      `The ${what} has ${bytes.length} bytes, readers take ${MAX_RECORD_BYTES}.`,
    );
  }
  return bytes;
}

export function parseRecord<T>(what: string, input: Uint8Array | string, shape: ZodType<T>): T {
  let value: unknown;
  try {
    value = parseBoundedJson(input, { bytes: MAX_RECORD_BYTES, depth: MAX_RECORD_DEPTH });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unreadable";
    throw new RegistryError("record", `The ${what} cannot be read: ${why}.`, { cause });
  }
  return check(what, value, shape);
}

function check<T>(what: string, value: unknown, shape: ZodType<T>): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = JSON.stringify(issue?.path.join(".") ?? "").slice(0, 200);
  throw new RegistryError(
    "record",
    `The ${what} is malformed at ${place}: ${issue?.message ?? "wrong shape"}.`,
  );
}
