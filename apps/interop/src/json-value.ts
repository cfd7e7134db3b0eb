import { CodecError, createCodec, type WireType } from "@aster/codec";

const codec = createCodec({ mode: "json" });

/**
 * A message from its JSON form: wire names, bytes as base64, missing fields at their defaults.
 * Throws {@link CodecError} where it does not fit the type.
 */
export function messageFrom(type: WireType, json: unknown): unknown {
  return codec.decode(type, new TextEncoder().encode(JSON.stringify(json)));
}

/** A message in its JSON form. */
export function jsonOf(type: WireType, message: unknown): unknown {
  return JSON.parse(new TextDecoder().decode(codec.encode(type, message)));
}

/** Whether every one of the JSON values is a message of the type. */
export function areMessages(type: WireType, values: readonly unknown[]): boolean {
  try {
    for (const value of values) messageFrom(type, value);
    return true;
  } catch (error) {
    if (error instanceof CodecError) return false;
    throw error;
  }
}
