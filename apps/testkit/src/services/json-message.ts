import { CodecError, createCodec, type WireType } from "@aster/codec";
import type { MessageSchema } from "@aster/contract";

const codec = createCodec({ mode: "json" });

/**
 * Converts a message from its JSON form: wire names, bytes as base64, missing fields at their
 * defaults. Throws {@link CodecError} if it does not fit the type.
 */
export function messageFrom(type: MessageSchema, json: unknown): unknown {
  return codec.decode(type as WireType, new TextEncoder().encode(JSON.stringify(json)));
}

/** Converts a message to its JSON form. */
export function jsonOf(type: MessageSchema, message: unknown): unknown {
  const bytes = codec.encode(type as WireType, message as Record<string, unknown>);
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Returns whether all JSON values are messages of the type. */
export function areMessages(type: MessageSchema, values: readonly unknown[]): boolean {
  try {
    for (const value of values) messageFrom(type, value);
    return true;
  } catch (error) {
    if (error instanceof CodecError) return false;
    throw error;
  }
}
