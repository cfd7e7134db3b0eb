import type { EndpointId, Node } from "@aster/transport";
import type { ProducerMesh } from "../admission/producer-mesh.ts";
import { requestProducerAdmission } from "../admission/request-producer-admission.ts";
import type { EnrollmentCredential } from "../credential/credential.ts";
import { formatProducerCredential } from "../credential/credential-json.ts";
import { AdmissionError } from "../error.ts";
import { PRODUCER_ADMISSION_ALPN } from "../protocol.ts";
import type { Revocations } from "../revocation/revocations.ts";

/** The acceptance of a producer whose credential this node has not seen. */
const UNSEEN_TERM_MS = 24 * 60 * 60 * 1_000;
const DIAL_TIMEOUT_MS = 10_000;

/**
 * Requests the admission of a node to a mesh, at a member. Takes the salt and the producers from
 * the answer. Resolves with the id of the member. Rejects with `AdmissionError` or
 * `TransportError`.
 */
export async function requestMembership(
  node: Node,
  address: string,
  credential: EnrollmentCredential,
  { mesh, revocations }: { readonly mesh: ProducerMesh; readonly revocations: Revocations },
): Promise<EndpointId> {
  const options = { raw: true, timeoutMs: DIAL_TIMEOUT_MS };
  const connection = await node.connect(address, PRODUCER_ADMISSION_ALPN, options);
  try {
    const credentialJson = formatProducerCredential(credential);
    const answer = await requestProducerAdmission(connection, { credentialJson });
    if (answer.salt === "") throw new AdmissionError("protocol", "the answer has no salt");
    if (mesh.isJoining || mesh.salt !== answer.salt) mesh.adopt(answer.salt);
    for (const id of [connection.peer, ...answer.acceptedProducers]) {
      if (!revocations.isRevoked(id)) acceptUnseen(mesh, id);
    }
    return connection.peer;
  } finally {
    connection.close();
  }
}

/**
 * Accepts a producer that another member, or an earlier run, has accepted. Its introduction with a
 * credential sets another end.
 */
export function acceptUnseen(mesh: ProducerMesh, id: EndpointId): void {
  if (!mesh.has(id)) mesh.accept(id, Date.now() + UNSEEN_TERM_MS);
}
