import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { hexToBytes, isHex } from "../hex.ts";

/** The bytes before the 32 bytes of a key in PKCS #8 and in SPKI (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const MOST_KEYS = 16;

/** The 64 bytes of a signature. `secretKey` has 32 bytes. */
export function signBytes(secretKey: Uint8Array, message: Uint8Array): Uint8Array {
  const der = Buffer.concat([PRIVATE_PREFIX, secretKey]);
  try {
    const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    return new Uint8Array(sign(null, message, key));
  } finally {
    der.fill(0);
  }
}

/** A public key that passed the strict rules. */
export interface StrictKey {
  /**
   * Verifies strictly: OpenSSL refuses `S ≥ L` and an `R` that is not canonical, this function an
   * `R` of small order. Takes about the same time for each well-formed signature.
   */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

const strictKeys = new Map<string, StrictKey>();

/**
 * Returns the key of 64 lower-case hex characters, or `undefined` for a text that is not a public
 * key: a point off the curve, of small order, or not in its canonical encoding.
 */
export function strictKeyOf(publicKey: string): StrictKey | undefined {
  const known = strictKeys.get(publicKey);
  if (known !== undefined) return known;
  if (!isHex(publicKey, 32)) return undefined;
  const bytes = hexToBytes(publicKey);
  if (!isStrictPoint(bytes)) return undefined;
  const der = Buffer.concat([PUBLIC_PREFIX, bytes]);
  const made = strictKey(createPublicKey({ key: der, format: "der", type: "spki" }));
  // programs trust few roots; the bound holds for any use
  if (strictKeys.size >= MOST_KEYS) strictKeys.clear();
  strictKeys.set(publicKey, made);
  return made;
}

function strictKey(key: KeyObject): StrictKey {
  return {
    verify(message, signature) {
      const holds = signature.length === 64 && verify(null, message, key, signature);
      return isStrictPoint(signature.subarray(0, 32)) && holds;
    },
  };
}

function isStrictPoint(bytes: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(bytes, false).isSmallOrder();
  } catch {
    return false;
  }
}
