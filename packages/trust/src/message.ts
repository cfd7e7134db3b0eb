import type { ZodType } from "zod";
import { asciiJson } from "./ascii-json.ts";
import { parseBoundedJson } from "./bounded-json.ts";
import { AdmissionError } from "./error.ts";
import { admissionLimits } from "./limits.ts";

const utf8 = new TextEncoder();

/** One admission message as bytes. Throws `"limit"` when it is over the size every peer reads. */
export function encodeMessage(what: string, value: unknown): Uint8Array {
  const bytes = utf8.encode(asciiJson(value));
  if (bytes.length > admissionLimits.messageBytes) {
    throw new AdmissionError(
      "limit",
      `The admission ${what} has ${bytes.length} bytes, peers read ${admissionLimits.messageBytes}. Offer less in it.`,
    );
  }
  return bytes;
}

/** Reads one admission message. Throws `"protocol"` with the place of the fault. */
export function parseMessage<T>(what: string, input: Uint8Array | string, shape: ZodType<T>): T {
  let value: unknown;
  try {
    value = parseBoundedJson(input, {
      bytes: admissionLimits.messageBytes,
      depth: admissionLimits.jsonDepth,
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unreadable";
    throw new AdmissionError("protocol", `The admission ${what} cannot be read: ${why}.`, {
      cause,
    });
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  // the path may hold keys the peer chose
  const place = JSON.stringify(issue?.path.join(".") ?? "").slice(0, 200);
  throw new AdmissionError(
    "protocol",
    `The admission ${what} is malformed at ${place}: ${issue?.message ?? "wrong shape"}.`,
  );
}
