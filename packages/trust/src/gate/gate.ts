import type { EndpointId } from "@aster/transport";
import type { AdmissionRequest } from "../admission/admission-request.ts";
import type { ConsumerEnrollmentCredential } from "../credential/credential.ts";
import type { DenialCause } from "../credential/credential-error.ts";

/** The decision that a peer is admitted. */
export interface Admitted {
  readonly admitted: true;
  /** Attributes of the peer for handlers, such as `aster.role`. At most 64 entries. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The end of the admission in epoch milliseconds. Default: set by the peer store. */
  readonly expiresAtMs?: number | undefined;
  /** The credential that was verified; without one the peer cannot renew it. */
  readonly credential?: ConsumerEnrollmentCredential | undefined;
  /** The id of the credential for logs, as `credentialIdOf` returns it. */
  readonly credentialId?: string | undefined;
  /** Returns `true` if the peer was revoked since the decision. Called before it is stored. */
  readonly isRevoked?: (() => boolean) | undefined;
}

/** The decision that a peer is not admitted. Nothing of it is sent to the peer. */
export interface NotAdmitted {
  readonly admitted: false;
  /** For the local log. */
  readonly reason: string;
  /** For the local log and for programs. */
  readonly cause?: DenialCause | undefined;
  /** The error behind the denial, such as that of a token store. */
  readonly error?: unknown;
  /** The id of the credential that was presented. It may be forged. */
  readonly credentialId?: string | undefined;
}

/** The decision of a gate about one peer. */
export type AdmissionDecision = Admitted | NotAdmitted;

/**
 * Decides which peers are admitted. `peer` is the key that the connection proved, so a gate need
 * not trust an endpoint id in the request.
 *
 * A gate that throws or does not answer in time denies the admission.
 */
export interface AdmissionGate {
  /** `true` if the gate admits peers without a credential. */
  readonly open: boolean;
  admit(
    request: AdmissionRequest,
    peer: EndpointId,
  ): AdmissionDecision | Promise<AdmissionDecision>;
  /**
   * Takes about as long as the decision about a credential. Called for requests that cannot be
   * read, so that the time of a denial does not show its cause.
   */
  spendTime?(): void;
}
