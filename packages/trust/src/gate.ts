import type { EndpointId } from "@aster/transport";
import type { AdmissionRequest } from "./admission-request.ts";

/** A gate's answer about one peer. */
export type AdmissionDecision =
  | {
      readonly admitted: true;
      /** What handlers will know about the peer, e.g. `aster.role`. At most 64 entries. */
      readonly attributes: Readonly<Record<string, string>>;
      /** When the admission lapses, epoch milliseconds. Without it the peer store's own term holds. */
      readonly expiresAtMs?: number;
    }
  | {
      readonly admitted: false;
      /** For our own log; the peer is never told. */
      readonly reason: string;
    };

/**
 * Decides who is admitted. `peer` is the key the connection proved, so an id claimed in the request need not be believed.
 *
 * A gate that throws, or does not answer in time, has said no.
 */
export interface AdmissionGate {
  /** Whether peers without a credential are let in. */
  readonly open: boolean;
  admit(
    request: AdmissionRequest,
    peer: EndpointId,
  ): AdmissionDecision | Promise<AdmissionDecision>;
}
