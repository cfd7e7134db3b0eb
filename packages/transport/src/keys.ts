import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";
import { type EndpointId, endpointIdFromBytes } from "./address/endpoint.ts";
import { wrongOption } from "./option.ts";

const SECRET_KEY_BYTES = 32;
/** The bytes before the 32 bytes of an ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Returns a new random ed25519 secret key, 32 bytes. It is the identity of a node: store it where
 * only its owner can read it.
 */
export function generateSecretKey(): Uint8Array {
  return new Uint8Array(randomBytes(SECRET_KEY_BYTES));
}

/**
 * Returns the endpoint id of an ed25519 secret key. Throws a `TransportError` `"option"` unless it
 * has 32 bytes.
 */
export function endpointIdOf(secretKey: Uint8Array): EndpointId {
  if (Object.prototype.toString.call(secretKey) !== "[object Uint8Array]") {
    // a text may be the key in another form
    throw wrongOption("secretKey", `a Uint8Array of ${SECRET_KEY_BYTES} bytes`, {});
  }
  if (secretKey.length !== SECRET_KEY_BYTES) {
    throw wrongOption("secretKey", `${SECRET_KEY_BYTES} bytes`, secretKey.length);
  }
  const key = Buffer.concat([PKCS8_PREFIX, secretKey]);
  const { x = "" } = createPublicKey(
    createPrivateKey({ key, format: "der", type: "pkcs8" }),
  ).export({ format: "jwk" });
  return endpointIdFromBytes(Buffer.from(x, "base64url"));
}
