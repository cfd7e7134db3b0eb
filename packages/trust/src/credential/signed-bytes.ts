import { hexToBytes } from "../hex.ts";
import { canonicalAttributes } from "./attributes.ts";
import type { ConsumerEnrollmentCredential, EnrollmentCredential } from "./credential.ts";

/**
 * The bytes that a root key signs for a consumer (docs/trust.md, "Signed bytes"). Only for a
 * credential without a fault.
 */
export function consumerSignedBytes(
  credential: Omit<ConsumerEnrollmentCredential, "signature">,
): Uint8Array {
  const { type, rootPubkey, endpointId, expiresAt, attributes, nonce } = credential;
  return Buffer.concat([
    Uint8Array.of(type === "ott" ? 1 : 0),
    endpointId === undefined ? Uint8Array.of(0) : Buffer.from(`\u0001${endpointId}`),
    hexToBytes(rootPubkey),
    epochSeconds(expiresAt),
    Buffer.from(canonicalAttributes(attributes)),
    nonce === undefined ? Uint8Array.of(0) : Buffer.from(`01${nonce}`, "hex"),
  ]);
}

/** The bytes that a root key signs for a producer. Only for a credential without a fault. */
export function producerSignedBytes(
  credential: Omit<EnrollmentCredential, "signature">,
): Uint8Array {
  const { rootPubkey, endpointId, expiresAt, attributes } = credential;
  return Buffer.concat([
    Buffer.from(endpointId),
    hexToBytes(rootPubkey),
    epochSeconds(expiresAt),
    Buffer.from(canonicalAttributes(attributes)),
  ]);
}

function epochSeconds(seconds: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(seconds));
  return bytes;
}
