import { brandErrors } from "../brand.ts";

/**
 * The cause of a denied admission. It stays on this side: peers never learn it.
 *
 * - `"no-credential"`: the gate is closed and the peer presented no credential
 * - `"malformed"`: the credential cannot be read
 * - `"wrong-root"`: another root key signed it, or claims to have done so
 * - `"structure"`: it breaks a rule of its kind (docs/trust.md, "Rules")
 * - `"signature"`: the signature is not that of the root key over these fields
 * - `"expired"`: its time is over
 * - `"endpoint"`: it is bound to another endpoint
 * - `"token-used"`: its one-time token was used before, or cannot be checked
 * - `"revoked"`: the endpoint is on the revocation list
 * - `"rate-limited"`: the peer was denied too often
 */
export type DenialCause =
  | "no-credential"
  | "malformed"
  | "wrong-root"
  | "structure"
  | "signature"
  | "expired"
  | "endpoint"
  | "token-used"
  | "revoked"
  | "rate-limited";

/** The error of a credential that is refused. No message repeats a nonce or a signature. */
export class CredentialError extends Error {
  override readonly name: string = "CredentialError";
  readonly code: DenialCause;

  constructor(code: DenialCause, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    brandErrors(CredentialError, "CredentialError");
  }
}
