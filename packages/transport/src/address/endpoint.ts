/** An endpoint id: an ed25519 public key as 64 lower-case hex characters. */
export type EndpointId = string;

/**
 * The id of a node and the addresses it may be reached at. The id alone is enough if discovery or a
 * relay finds the rest.
 */
export interface EndpointAddress {
  readonly endpointId: EndpointId;
  /** `https://…`, or `http://…` for a private relay without TLS. */
  readonly relayUrl?: string | undefined;
  /** `ip:port` or `[ipv6]:port`. */
  readonly directAddresses: readonly string[];
}

/** The length of an endpoint id as bytes: an ed25519 public key. */
export const ENDPOINT_ID_BYTES = 32;

const HEX_ID = /^[0-9a-f]{64}$/i;

/** Returns the id in lower case, or `undefined` when `text` is not an endpoint id. */
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
