// The payloads of the messages of producers, as the Python package writes them.
import { z } from "zod";
import { encodeJson, type JsonRules, parseJson } from "../admission/json.ts";
import type { EnrollmentCredential } from "../credential/credential.ts";
import {
  formatProducerCredential,
  parseProducerCredential,
} from "../credential/credential-json.ts";
import { AdmissionError } from "../error.ts";
import { ProducerMessageType } from "./producer-message.ts";

/** The content of a message of a producer. */
export type ProducerNotice =
  | {
      readonly kind: "introduce";
      /** `undefined` for other bytes, such as those of a Python producer. */
      readonly credential: EnrollmentCredential | undefined;
    }
  | { readonly kind: "depart"; readonly reason: string }
  | ContractNotice
  | LeaseNotice
  | RevocationNotice;

/** A list of revoked endpoints is in force at a producer. */
export interface RevocationNotice {
  readonly kind: "revocations";
  readonly sequence: number;
  /** The text of the list, which is not verified; `undefined` for one that has to be fetched. */
  readonly list?: string | undefined;
  /** The ticket of the producer, from which the list can be fetched. */
  readonly address?: string | undefined;
}

/** A producer has published a contract. */
export interface ContractNotice {
  readonly kind: "contractPublished";
  readonly service: string;
  readonly version: number;
  /** The hash of the collection with the contract, in hex characters. */
  readonly collectionHash: string;
}

/** A producer serves a contract. It is repeated every 15 minutes. */
export interface LeaseNotice {
  readonly kind: "leaseUpdate";
  readonly service: string;
  readonly version: number;
  readonly contractId: string;
  /** Such as `ready` or `draining`. */
  readonly health: string;
  readonly addresses: Readonly<Record<string, string>>;
}

const rules: JsonRules = {
  bounds: { bytes: 65_536, depth: 2 },
  tooLarge: (problem) => new AdmissionError("limit", problem),
  malformed: (problem, options) => new AdmissionError("protocol", problem, options),
};

const text = z.string().max(256);
const version = z.int().min(0);

const shapes = {
  depart: z.object({ reason: z.string().max(1_024).optional() }),
  contract: z.object({ service_name: text, version, contract_collection_hash: text }),
  lease: z.object({
    service_name: text,
    version,
    contract_id: text,
    health_status: text,
    addressing_info: z.record(text, z.string().max(2_048)).optional(),
  }),
  revocations: z.object({
    sequence: z.int().min(1),
    list: z.string().optional(),
    address: z.string().max(512).optional(),
  }),
};

/** The type and the payload of a message with this content. */
export function encodeNotice(notice: ProducerNotice): { type: number; payload: Uint8Array } {
  const type = ProducerMessageType[notice.kind];
  return { type, payload: payloadOf(notice) };
}

/**
 * Reads the payload of a message. Returns `undefined` for a type that this version does not know.
 * Throws `AdmissionError` `"protocol"`.
 */
export function parseNotice(type: number, payload: Uint8Array): ProducerNotice | undefined {
  switch (type) {
    case ProducerMessageType.introduce:
      return { kind: "introduce", credential: credentialIn(payload) };
    case ProducerMessageType.depart: {
      const { reason = "" } = parseJson("departure", payload, shapes.depart, rules);
      return { kind: "depart", reason };
    }
    case ProducerMessageType.contractPublished: {
      const wire = parseJson("contract notice", payload, shapes.contract, rules);
      return {
        kind: "contractPublished",
        service: wire.service_name,
        version: wire.version,
        collectionHash: wire.contract_collection_hash,
      };
    }
    case ProducerMessageType.leaseUpdate: {
      const wire = parseJson("lease notice", payload, shapes.lease, rules);
      return {
        kind: "leaseUpdate",
        service: wire.service_name,
        version: wire.version,
        contractId: wire.contract_id,
        health: wire.health_status,
        addresses: wire.addressing_info ?? {},
      };
    }
    case ProducerMessageType.revocations: {
      const wire = parseJson("revocation notice", payload, shapes.revocations, rules);
      return { kind: "revocations", ...wire };
    }
    default:
      return undefined;
  }
}

function payloadOf(notice: ProducerNotice): Uint8Array {
  switch (notice.kind) {
    case "introduce":
      if (notice.credential === undefined) return Buffer.from("{}");
      return Buffer.from(formatProducerCredential(notice.credential));
    case "depart":
      return encodeJson("departure", { reason: notice.reason }, rules);
    case "contractPublished":
      return encodeJson(
        "contract notice",
        {
          service_name: notice.service,
          version: notice.version,
          contract_collection_hash: notice.collectionHash,
        },
        rules,
      );
    case "leaseUpdate":
      return encodeJson(
        "lease notice",
        {
          service_name: notice.service,
          version: notice.version,
          contract_id: notice.contractId,
          health_status: notice.health,
          addressing_info: notice.addresses,
        },
        rules,
      );
    case "revocations":
      return encodeJson(
        "revocation notice",
        { sequence: notice.sequence, list: notice.list, address: notice.address },
        rules,
      );
  }
}

/** The capability of the Python package is any bytes: what is not a credential proves nothing. */
function credentialIn(payload: Uint8Array): EnrollmentCredential | undefined {
  if (payload.length === 0) throw rules.malformed("the introduction is empty");
  try {
    return parseProducerCredential(Buffer.from(payload).toString("utf8"));
  } catch {
    return undefined;
  }
}
