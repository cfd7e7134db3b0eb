import type { EndpointId } from "@aster/transport";
import type { AdmissionRequest } from "../admission/admission-request.ts";

/** The decision of a gate about one peer. */
export type AdmissionDecision =
  | {
      readonly admitted: true;
      /** Attributes of the peer for handlers, such as `aster.role`. At most 64 entries. */
      readonly attributes: Readonly<Record<string, string>>;
      /** The end of the admission in epoch milliseconds. Default: set by the peer store. */
      readonly expiresAtMs?: number | undefined;
    }
  | {
      readonly admitted: false;
      /** For the local log; it is not sent to the peer. */
      readonly reason: string;
    };

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
}
