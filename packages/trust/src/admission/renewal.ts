import type { EndpointId } from "@aster/transport";
import type { ConsumerEnrollmentCredential } from "../credential/credential.ts";
import { formatCredential } from "../credential/credential-json.ts";
import { AdmissionError } from "../error.ts";
import type { AdmissionGate, Admitted } from "../gate/gate.ts";

/**
 * Issues a new credential to a peer that was admitted with a valid one and asks for another. It
 * returns the credential or its JSON text, or `undefined` to issue none. The peer does not learn
 * the reason.
 *
 * A server does not hold the root key, so the function usually asks a service of the operator. A
 * credential with the `endpointId` of the peer is of no use to others.
 */
export type RenewCredential = (
  credential: ConsumerEnrollmentCredential,
  peer: EndpointId,
) =>
  | ConsumerEnrollmentCredential
  | string
  | undefined
  | Promise<ConsumerEnrollmentCredential | string | undefined>;

/** The result of a renewal. */
export interface Renewal {
  /** The admission under the new credential; `undefined` if none was issued. */
  readonly decision?: Admitted;
  readonly credentialJson?: string;
  /** The error of a renewal that failed. The peer stays admitted. */
  readonly error?: unknown;
}

interface RenewalRequest {
  readonly gate: AdmissionGate;
  readonly renew: RenewCredential;
  readonly credential: ConsumerEnrollmentCredential;
  readonly iidToken: string;
  readonly peer: EndpointId;
}

/**
 * Obtains a new credential and admits the peer with it. Rejects with an error for the local log if
 * the credential does not admit the peer.
 */
export async function renewal(request: RenewalRequest): Promise<Renewal> {
  const { gate, renew, credential, iidToken, peer } = request;
  const issued = await renew(credential, peer);
  if (issued === undefined) return {};
  const credentialJson = typeof issued === "string" ? issued : formatCredential(issued);
  const decision = await gate.admit({ credentialJson, iidToken, renew: false }, peer);
  if (decision.admitted !== true) {
    throw new AdmissionError("gate", `the renewed credential is not valid: ${decision.reason}`);
  }
  if (decision.credential?.type === "ott") {
    throw new AdmissionError("gate", 'the renewed credential is a one-time token; issue "policy"');
  }
  return { decision, credentialJson };
}
