import { z } from "zod";
import { admissionLimits as limits } from "./limits.ts";
import { encodeMessage, parseMessage } from "./message.ts";

/** One service a producer offers to those it admitted. */
export interface AdmittedService {
  readonly name: string;
  readonly version: number;
  /** 64 hex characters. */
  readonly contractId: string;
  /** Channel name to address, the address as base64 node address (docs/wire.md, "Addresses"). The usual channel is `rpc`. */
  readonly channels: Readonly<Record<string, string>>;
  /** `pattern` on the wire. */
  readonly scoped: "shared" | "session";
  /** Empty means the peer did not say: it takes XLANG. */
  readonly serializationModes: readonly string[];
}

/** A producer's answer (docs/wire.md, "Admission"). */
export interface AdmissionResponse {
  readonly admitted: boolean;
  /** What the producer will know us by, from our credential. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly services: readonly AdmittedService[];
  /** The registry's document, 64 hex characters; knowing it is the right to read it. Empty for none. */
  readonly registryNamespace: string;
  /** The producer's trust root, 64 hex characters, all zero for none. A claim: nothing has proven it. */
  readonly rootPubkey: string;
  /** The producer mesh's topic, told only to the holder of the root key. */
  readonly gossipTopic?: string;
  /** Always empty: a stranger does not learn why it was refused. */
  readonly reason: "";
}

const name = z.string().min(1).max(limits.nameLength);
const value = z.string().max(limits.valueLength);

const bounded = (limit: number) =>
  z
    .record(z.string().max(limits.nameLength), value)
    .refine((record) => Object.keys(record).length <= limit, `more than ${limit} entries`)
    .nullish()
    .transform((record) => record ?? {});

const service = z.object({
  name,
  version: z.int().min(0).max(0x7fffffff),
  contract_id: value,
  channels: bounded(limits.channelsPerService),
  pattern: z.enum(["shared", "session"]).nullish(),
  serialization_modes: z
    .array(z.string().max(limits.nameLength))
    .max(limits.modesPerService)
    .nullish(),
});

const shape = z.object({
  admitted: z.boolean(),
  attributes: bounded(limits.attributes),
  services: z.array(service).max(limits.services).nullish(),
  registry_namespace: value.nullish(),
  // what registry_namespace was called before
  registry_ticket: value.nullish(),
  root_pubkey: value.nullish(),
  gossip_topic: value.nullish(),
});

/** The bytes of an answer. Throws {@link AdmissionError} `"limit"` when it offers more than a peer reads (64 KiB). */
export function encodeAdmissionResponse(response: AdmissionResponse): Uint8Array {
  return encodeMessage("answer", {
    admitted: response.admitted,
    attributes: response.attributes,
    services: response.services.map((offered) => ({
      name: offered.name,
      version: offered.version,
      contract_id: offered.contractId,
      channels: offered.channels,
      pattern: offered.scoped,
      serialization_modes: offered.serializationModes,
    })),
    registry_namespace: response.registryNamespace,
    root_pubkey: response.rootPubkey,
    reason: "",
    ...(response.gossipTopic ? { gossip_topic: response.gossipTopic } : {}),
  });
}

/**
 * Reads an answer. Keys that are missing or null have their defaults, unknown keys and any `reason` are ignored.
 * Throws {@link AdmissionError} `"protocol"`; an answer that says no is a good answer and does not throw.
 */
export function parseAdmissionResponse(input: Uint8Array | string): AdmissionResponse {
  const wire = parseMessage("answer", input, shape);
  return {
    admitted: wire.admitted,
    attributes: wire.attributes,
    services: (wire.services ?? []).map((offered) => ({
      name: offered.name,
      version: offered.version,
      contractId: offered.contract_id,
      channels: offered.channels,
      scoped: offered.pattern ?? "shared",
      serializationModes: offered.serialization_modes ?? [],
    })),
    registryNamespace: wire.registry_namespace || wire.registry_ticket || "",
    rootPubkey: wire.root_pubkey ?? "",
    ...(wire.gossip_topic ? { gossipTopic: wire.gossip_topic } : {}),
    reason: "",
  };
}
