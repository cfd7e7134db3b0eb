import type { Connection, EndpointId } from "@aster/transport";
import type { Admitted } from "../gate/gate.ts";
import type { PeerStore } from "../peers/peer-store.ts";
import type { AdmissionRequest } from "./admission-request.ts";
import { type AdmittedService, encodeAdmissionResponse } from "./admission-response.ts";
import {
  type AdmissionDecider,
  type AdmissionExchange,
  AdmissionServer,
  type AdmissionVerdict,
  type Denial,
  type GatedAdmissionOptions,
} from "./admission-server.ts";
import { countUndecided, judge } from "./judge.ts";
import { type Renewal, type RenewCredential, renewal } from "./renewal.ts";

/** The part of the answer that is the same for all admitted peers. */
export interface AdmissionOffer {
  readonly services: readonly AdmittedService[];
  /** 64 hex characters; empty for no registry. */
  readonly registryNamespace: string;
  /** 64 hex characters; all zero for none. Denied peers receive it, too. */
  readonly rootPubkey: string;
  /** The gossip topic of the producers. Only the peer whose key is `rootPubkey` receives it. */
  readonly gossipTopic?: string | undefined;
}

export interface ServeAdmissionOptions extends GatedAdmissionOptions {
  /** Called once per admission. */
  readonly offer: () => AdmissionOffer;
  /** Stores admitted peers, before the answer is sent. */
  readonly peers?: PeerStore | undefined;
  /** Issues new credentials to admitted peers that ask for one. Default: none are issued. */
  readonly renew?: RenewCredential | undefined;
}

/**
 * Answers the one admission request of a raw connection on `CONSUMER_ADMISSION_ALPN`
 * (docs/wire.md, "Admission"). Closes the connection if the peer does not close it in time.
 *
 * All denials of a server have the same bytes. Errors are passed to `onDecision`; they are neither
 * thrown nor sent to the peer. Throws `AdmissionError` `"option"` for a bad `timeoutMs`.
 */
export function serveAdmission(
  connection: Connection,
  options: ServeAdmissionOptions,
): AdmissionExchange {
  return new AdmissionServer(connection, new ConsumerDecider(connection.peer, options), options);
}

/** Decides about the admission of a consumer. */
class ConsumerDecider implements AdmissionDecider {
  readonly #peer: EndpointId;
  readonly #options: ServeAdmissionOptions;

  constructor(peer: EndpointId, options: ServeAdmissionOptions) {
    this.#peer = peer;
    this.#options = options;
  }

  async decide(bytes: Uint8Array): Promise<AdmissionVerdict> {
    const { decision, request } = await judge(bytes, { ...this.#options, peer: this.#peer });
    if (decision.admitted !== true) return this.#denial(decision);
    const renewed = request?.renew ? await this.#renewal(decision, request) : {};
    const { credentialJson, error } = renewed;
    const admitted = renewed.decision ?? decision;
    if (admitted.isRevoked?.()) {
      return this.#denial({ reason: "the peer was revoked during the renewal", cause: "revoked" });
    }
    const complete = () => {
      const answer = this.#answer(admitted, credentialJson);
      this.#options.peers?.admit(this.#peer, admitted);
      return answer;
    };
    const { credentialId } = admitted;
    return { admitted: true, reason: "", error, credentialId, complete };
  }

  denial(facts: Denial): AdmissionVerdict {
    countUndecided(facts, { ...this.#options, peer: this.#peer });
    return this.#denial(facts);
  }

  #denial(facts: Denial): AdmissionVerdict {
    const complete = () => {
      const { rootPubkey } = this.#options.offer();
      return encodeAdmissionResponse({ ...DENIED, rootPubkey });
    };
    return { ...facts, admitted: false, complete };
  }

  async #renewal({ credential }: Admitted, { iidToken }: AdmissionRequest): Promise<Renewal> {
    const { gate, renew } = this.#options;
    if (credential === undefined || renew === undefined) return {};
    try {
      return await renewal({ gate, renew, credential, iidToken, peer: this.#peer });
    } catch (error) {
      return { error };
    }
  }

  #answer({ attributes }: Admitted, credentialJson: string | undefined): Uint8Array {
    const { gossipTopic, ...offer } = this.#options.offer();
    const isRoot = this.#peer === offer.rootPubkey;
    return encodeAdmissionResponse({
      ...offer,
      admitted: true,
      attributes,
      reason: "",
      ...(isRoot && gossipTopic ? { gossipTopic } : {}),
      ...(credentialJson ? { credentialJson } : {}),
    });
  }
}

const DENIED = {
  admitted: false,
  attributes: {},
  services: [],
  registryNamespace: "",
  reason: "",
} as const;
