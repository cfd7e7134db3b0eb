import { blake3 } from "@noble/hashes/blake3.js";
import { bytesToHex } from "../hex.ts";
import type { ConsumerEnrollmentCredential, EnrollmentCredential } from "./credential.ts";
import { formatCredential, formatProducerCredential } from "./credential-json.ts";

const ID_BYTES = 4;

/**
 * The id of a credential for logs: the first 8 hex characters of the BLAKE3 hash of its JSON. It is
 * not a secret and proves nothing.
 */
export function credentialIdOf(
  credential: ConsumerEnrollmentCredential | EnrollmentCredential,
): string {
  const json =
    "type" in credential ? formatCredential(credential) : formatProducerCredential(credential);
  return bytesToHex(blake3(Buffer.from(json)).subarray(0, ID_BYTES));
}
