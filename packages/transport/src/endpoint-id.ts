import type { EndpointId } from "./connection.ts";

/** An endpoint id is this many bytes: an ed25519 public key. */
export const ENDPOINT_ID_BYTES = 32;

const HEX_ID = /^[0-9a-f]{64}$/i;

/** The id in its one spelling, 64 lower-case hex characters, or `undefined` when `text` is none. */
export function endpointIdFrom(text: string): EndpointId | undefined {
  return HEX_ID.test(text) ? text.toLowerCase() : undefined;
}

/** `id` must be an endpoint id. */
export function endpointIdToBytes(id: EndpointId): Uint8Array {
  const bytes = new Uint8Array(ENDPOINT_ID_BYTES);
  for (let index = 0; index < ENDPOINT_ID_BYTES; index += 1) {
    bytes[index] = Number.parseInt(id.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}

export function endpointIdFromBytes(bytes: Uint8Array): EndpointId {
  let id = "";
  for (const byte of bytes) id += byte.toString(16).padStart(2, "0");
  return id;
}
