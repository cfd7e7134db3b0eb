import { isHex } from "../hex.ts";
import { attributeFault } from "./attributes.ts";
import type { ConsumerEnrollmentCredential, EnrollmentCredential } from "./credential.ts";

/** A credential whose fields may have any type, since programs without types make them too. */
type Unchecked<T> = { readonly [Field in keyof T]?: unknown };

/**
 * Returns the first breach of the rules for consumer credentials, or `undefined`. They hold before
 * signing, without the signature, and before verifying. They keep the signed bytes of the two kinds
 * apart, which have neither a tag nor lengths.
 */
export function consumerFault(
  credential: Unchecked<Omit<ConsumerEnrollmentCredential, "signature">>,
): string | undefined {
  if (!isObject(credential)) return NO_OBJECT;
  const { type, endpointId, nonce } = credential;
  if (type !== "policy" && type !== "ott") return 'the type must be "policy" or "ott"';
  if (type === "ott" && !isHex(nonce, 32))
    return 'a credential of type "ott" needs a nonce of 32 bytes';
  if (type === "policy" && nonce !== undefined) return 'a credential of type "policy" has no nonce';
  if (endpointId !== undefined && !isHex(endpointId, 32)) return ENDPOINT_RULE;
  return commonFault(credential);
}

/** Returns the first breach of the rules for producer credentials, or `undefined`. */
export function producerFault(
  credential: Unchecked<Omit<EnrollmentCredential, "signature">>,
): string | undefined {
  if (!isObject(credential)) return NO_OBJECT;
  if ("type" in credential || "nonce" in credential) {
    return "a credential of a producer has neither a type nor a nonce";
  }
  if (!isHex(credential.endpointId, 32)) return ENDPOINT_RULE;
  return commonFault(credential);
}

const NO_OBJECT = "it is not an object";
const ENDPOINT_RULE = "the endpoint id must be 64 lower-case hex characters";

function commonFault(
  credential: Unchecked<Pick<EnrollmentCredential, "rootPubkey" | "expiresAt" | "attributes">>,
): string | undefined {
  if (!isHex(credential.rootPubkey, 32)) return "the root key must be 64 lower-case hex characters";
  if (!isEpochSeconds(credential.expiresAt)) {
    return "the expiry must be a whole number of epoch seconds from 0 to 2^53-1";
  }
  return attributeFault(credential.attributes);
}

/** Returns `true` for a whole number that a double holds exactly. */
export function isEpochSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
