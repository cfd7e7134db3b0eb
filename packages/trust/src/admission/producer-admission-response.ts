import { z } from "zod";
import { admissionJson, admissionLimits } from "../protocol.ts";
import { encodeJson, parseJson } from "./json.ts";

/** The answer to a producer that joins a mesh (docs/wire.md, "Producer admission"). */
export interface ProducerAdmissionResponse {
  readonly accepted: boolean;
  /** The salt of the gossip topic, 64 hex characters; empty in a denial. */
  readonly salt: string;
  /** The endpoint ids of the accepted producers, sorted. */
  readonly acceptedProducers: readonly string[];
  /** Always empty: a denied peer is not given a reason. */
  readonly reason: "";
}

const NAME = "producer admission answer";
const HEX_32 = /^[0-9a-f]{64}$/;

const shape = z.object({
  accepted: z.boolean(),
  salt: z.union([z.literal(""), z.string().regex(HEX_32)]).nullish(),
  accepted_producers: z.array(z.string().regex(HEX_32)).max(admissionLimits.producers).nullish(),
});

/** The bytes of an answer. Throws `AdmissionError` `"limit"` for more than 64 KiB. */
export function encodeProducerAdmissionResponse(response: ProducerAdmissionResponse): Uint8Array {
  const wire = {
    accepted: response.accepted,
    salt: response.salt,
    accepted_producers: response.acceptedProducers,
    reason: "",
  };
  return encodeJson(NAME, wire, admissionJson);
}

/** Reads an answer and ignores unknown keys. Throws `AdmissionError` `"protocol"`. */
export function parseProducerAdmissionResponse(
  input: Uint8Array | string,
): ProducerAdmissionResponse {
  const wire = parseJson(NAME, input, shape, admissionJson);
  return {
    accepted: wire.accepted,
    salt: wire.salt ?? "",
    acceptedProducers: wire.accepted_producers ?? [],
    reason: "",
  };
}
