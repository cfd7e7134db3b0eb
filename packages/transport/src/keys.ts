import { randomBytes } from "node:crypto";
import type { EndpointId } from "./connection.ts";
import { endpointIdFor } from "./memory/identity.ts";

/** A new random ed25519 secret key, 32 bytes: the identity of a node. Keep it where only its owner can read it. */
export function generateSecretKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

/** The endpoint id of a secret key. Throws {@link TransportError} `"bind"` unless it has 32 bytes. */
export function endpointIdOf(secretKey: Uint8Array): EndpointId {
  return endpointIdFor(secretKey);
}
