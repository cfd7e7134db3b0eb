import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";
import type { EndpointId } from "./connection.ts";
import { endpointIdFromBytes } from "./endpoint-id.ts";
import { TransportError } from "./error.ts";

const SECRET_KEY_BYTES = 32;
// RFC 8410: what stands before the 32 bytes of an ed25519 key in PKCS #8
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** A new random ed25519 secret key, 32 bytes: the identity of a node. Keep it where only its owner can read it. */
export function generateSecretKey(): Uint8Array {
  return new Uint8Array(randomBytes(SECRET_KEY_BYTES));
}

/** The endpoint id of an ed25519 secret key. Throws {@link TransportError} `"bind"` unless it has 32 bytes. */
export function endpointIdOf(secretKey: Uint8Array): EndpointId {
  if (secretKey.length !== SECRET_KEY_BYTES) {
    throw new TransportError(
      "bind",
      `a secret key has ${SECRET_KEY_BYTES} bytes, and this has ${secretKey.length}`,
    );
  }
  const key = Buffer.concat([PKCS8_PREFIX, secretKey]);
  const { x = "" } = createPublicKey(
    createPrivateKey({ key, format: "der", type: "pkcs8" }),
  ).export({ format: "jwk" });
  return endpointIdFromBytes(Buffer.from(x, "base64url"));
}
