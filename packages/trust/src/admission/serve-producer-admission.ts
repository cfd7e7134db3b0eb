import type { Connection, EndpointId } from "@aster/transport";
import {
  type AdmissionDecider,
  type AdmissionExchange,
  AdmissionServer,
  type AdmissionVerdict,
  type Denial,
  type GatedAdmissionOptions,
} from "./admission-server.ts";
import { countUndecided, judge } from "./judge.ts";
import { encodeProducerAdmissionResponse } from "./producer-admission-response.ts";
import type { ProducerMesh } from "./producer-mesh.ts";

export interface ServeProducerAdmissionOptions extends GatedAdmissionOptions {
  /** Receives the accepted producers, before the answer is sent. */
  readonly mesh: ProducerMesh;
}

/**
 * Answers the one request of a raw connection on `PRODUCER_ADMISSION_ALPN` (docs/wire.md, "Producer
 * admission"), as `serveAdmission` does for consumers. An accepted producer is a member of the
 * mesh. It may not call services before its consumer admission.
 */
export function serveProducerAdmission(
  connection: Connection,
  options: ServeProducerAdmissionOptions,
): AdmissionExchange {
  return new AdmissionServer(connection, new ProducerDecider(connection.peer, options), options);
}

/** Decides about the admission of a producer. */
class ProducerDecider implements AdmissionDecider {
  readonly #peer: EndpointId;
  readonly #options: ServeProducerAdmissionOptions;

  constructor(peer: EndpointId, options: ServeProducerAdmissionOptions) {
    this.#peer = peer;
    this.#options = options;
  }

  async decide(bytes: Uint8Array): Promise<AdmissionVerdict> {
    const { mesh } = this.#options;
    const { decision } = await judge(bytes, { ...this.#options, peer: this.#peer });
    if (decision.admitted !== true) return this.#denial(decision);
    if (mesh.isJoining) {
      const reason = "this producer has not joined its mesh yet";
      return this.#denial({ reason, credentialId: decision.credentialId });
    }
    if (!mesh.accept(this.#peer, decision.expiresAtMs)) {
      return this.#denial({ reason: "the mesh is full", credentialId: decision.credentialId });
    }
    const complete = () =>
      encodeProducerAdmissionResponse({
        accepted: true,
        salt: mesh.salt,
        acceptedProducers: mesh.producers,
        reason: "",
      });
    const { credentialId } = decision;
    return { admitted: true, reason: "", credentialId, complete };
  }

  denial(facts: Denial): AdmissionVerdict {
    countUndecided(facts, { ...this.#options, peer: this.#peer });
    return this.#denial(facts);
  }

  #denial(facts: Denial): AdmissionVerdict {
    return { ...facts, admitted: false, complete: () => encodeProducerAdmissionResponse(DENIED) };
  }
}

const DENIED = { accepted: false, salt: "", acceptedProducers: [], reason: "" } as const;
