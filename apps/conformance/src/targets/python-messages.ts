import { snakeCase } from "@aster/codec";
import { fromPython, toPython } from "../python/values.ts";
import type { Mode } from "../raw/protocol.ts";
import type { Reply, RequestFields } from "../service/messages.ts";

/**
 * Converts a request to its wire names. In JSON mode the Python proxy sends it unchanged, with
 * bytes as base64.
 */
export function requestForPython(request: RequestFields, mode: Mode): unknown {
  const named = Object.fromEntries(
    Object.entries(request).map(([key, value]) => [snakeCase(key), value]),
  );
  return mode === "json" ? withBase64(named) : toPython(named);
}

/** Converts a reply that the Python package has read. */
export function replyFromPython(reply: unknown): Partial<Reply> {
  const { payload, remaining_ms, ...rest } = fromPython(reply) as Record<string, unknown>;
  const bytes =
    typeof payload === "string" ? new Uint8Array(Buffer.from(payload, "base64")) : payload;
  return { ...rest, payload: bytes, remainingMs: remaining_ms } as Partial<Reply>;
}

function withBase64(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(withBase64);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withBase64(item)]));
}
