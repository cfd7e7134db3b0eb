import { snakeCase } from "@aster/codec";
import { fromWheel, toWheel } from "../process/wheel-values.ts";
import type { Reply, RequestFields } from "./messages.ts";
import type { Mode } from "./protocol.ts";

/** A request under its names on the wire. In JSON the wheel's proxy sends it as it is, with base64 for bytes. */
export function requestForWheel(request: RequestFields, mode: Mode): unknown {
  const named = Object.fromEntries(
    Object.entries(request).map(([key, value]) => [snakeCase(key), value]),
  );
  return mode === "json" ? withBase64(named) : toWheel(named);
}

/** A reply as the wheel read it. */
export function replyFromWheel(reply: unknown): Partial<Reply> {
  const { payload, remaining_ms, ...rest } = fromWheel(reply) as Record<string, unknown>;
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
