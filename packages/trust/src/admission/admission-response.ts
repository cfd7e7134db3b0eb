import { z } from "zod";
import { admissionJson, admissionLimits as limits } from "../protocol.ts";
import { encodeJson, parseJson } from "./json.ts";

/** The roles that a caller must have: a single role, any of several, or all of several. */
export interface AdmittedRequirement {
  readonly kind: "role" | "any_of" | "all_of";
  readonly roles: readonly string[];
}

/** A method that a producer offers. */
export interface AdmittedMethod {
  /** The method id, 64 hex characters. */
  readonly id: string;
  /** Beside the requirement of the service. `undefined`: none. */
  readonly requires?: AdmittedRequirement | undefined;
}

/** A service that a producer offers to admitted peers. */
export interface AdmittedService {
  readonly name: string;
  readonly version: number;
  /** 64 hex characters. */
  readonly contractId: string;
  /**
   * Addresses by channel name, as base64 node addresses (docs/wire.md, "Addresses"). The usual
   * channel is `rpc`.
   */
  readonly channels: Readonly<Record<string, string>>;
  /** `pattern` on the wire. */
  readonly scoped: "shared" | "session";
  /** Empty if the peer sent none; it then accepts XLANG. */
  readonly serializationModes: readonly string[];
  /** The roles that all its methods require. `undefined`: none. */
  readonly requires?: AdmittedRequirement | undefined;
  /**
   * The methods by name. Empty if there are too many for one answer, `undefined` for a peer that
   * does not describe its contracts (the Python package).
   */
  readonly methods?: Readonly<Record<string, AdmittedMethod>> | undefined;
}

/** The answer of a producer (docs/wire.md, "Admission"). */
export interface AdmissionResponse {
  readonly admitted: boolean;
  /** The attributes of the consumer that the producer took from its credential. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly services: readonly AdmittedService[];
  /**
   * The id of the registry document, 64 hex characters; empty for none. A peer that has the id can
   * read the document.
   */
  readonly registryNamespace: string;
  /** The trust root of the producer, 64 hex characters; all zero for none. It is not verified. */
  readonly rootPubkey: string;
  /** The gossip topic of the producer's mesh, sent only to the holder of the root key. */
  readonly gossipTopic?: string;
  /**
   * A new credential as JSON text, for a peer that asked for one. The admission lasts as long as
   * this credential.
   */
  readonly credentialJson?: string;
  /** Always empty: a denied peer is not given a reason. */
  readonly reason: "";
}

const NAME = "admission answer";

const name = z.string().min(1).max(limits.nameLength);
const value = z.string().max(limits.valueLength);

const bounded = (limit: number) =>
  z
    .record(z.string().max(limits.nameLength), value)
    .refine((record) => Object.keys(record).length <= limit, `more than ${limit} entries`)
    .nullish()
    .transform((record) => record ?? {});

const requirement = z.object({
  kind: z.enum(["role", "any_of", "all_of"]),
  roles: z.array(name).min(1).max(limits.rolesPerRequirement),
});

const methodList = z
  .array(z.object({ name, id: value, requires: requirement.nullish() }))
  .max(limits.methodsPerService);

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
  // another form is one of a later version; contracts are then compared as a whole
  requires: requirement.nullish().catch(undefined),
  methods: methodList.nullish().catch(undefined),
});

const shape = z.object({
  admitted: z.boolean(),
  attributes: bounded(limits.attributes),
  services: z.array(service).max(limits.services).nullish(),
  registry_namespace: value.nullish(),
  // the former name of registry_namespace
  registry_ticket: value.nullish(),
  root_pubkey: value.nullish(),
  gossip_topic: value.nullish(),
  credential_json: z.string().nullish(),
});

/**
 * The bytes of an answer. The methods are left out if they would make it too long. Throws
 * `AdmissionError` `"limit"` for more than 64 KiB.
 */
export function encodeAdmissionResponse(response: AdmissionResponse): Uint8Array {
  try {
    return encodeJson(NAME, wireForm(response, true), admissionJson);
  } catch (error) {
    if (!response.services.some(({ methods }) => methods !== undefined)) throw error;
    return encodeJson(NAME, wireForm(response, false), admissionJson);
  }
}

function wireForm(response: AdmissionResponse, listsMethods: boolean): object {
  return {
    admitted: response.admitted,
    attributes: response.attributes,
    services: response.services.map((offered) => ({
      name: offered.name,
      version: offered.version,
      contract_id: offered.contractId,
      channels: offered.channels,
      pattern: offered.scoped,
      serialization_modes: offered.serializationModes,
      ...(offered.requires && { requires: offered.requires }),
      ...(offered.methods && { methods: listsMethods ? methodsForm(offered.methods) : [] }),
    })),
    registry_namespace: response.registryNamespace,
    root_pubkey: response.rootPubkey,
    reason: "",
    ...(response.gossipTopic ? { gossip_topic: response.gossipTopic } : {}),
    ...(response.credentialJson ? { credential_json: response.credentialJson } : {}),
  };
}

function methodsForm(methods: Readonly<Record<string, AdmittedMethod>>): object[] {
  return Object.entries(methods).map(([name, { id, requires }]) => ({
    name,
    id,
    ...(requires && { requires }),
  }));
}

/**
 * Reads an answer. Missing keys and nulls get defaults; unknown keys and `reason` are ignored.
 * Throws `AdmissionError` `"protocol"` for a malformed answer, but not for a denial.
 */
export function parseAdmissionResponse(input: Uint8Array | string): AdmissionResponse {
  const wire = parseJson(NAME, input, shape, admissionJson);
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
      ...(offered.requires ? { requires: offered.requires } : {}),
      ...(offered.methods ? { methods: byName(offered.methods) } : {}),
    })),
    registryNamespace: wire.registry_namespace || wire.registry_ticket || "",
    rootPubkey: wire.root_pubkey ?? "",
    ...(wire.gossip_topic ? { gossipTopic: wire.gossip_topic } : {}),
    ...(wire.credential_json ? { credentialJson: wire.credential_json } : {}),
    reason: "",
  };
}

function byName(methods: z.infer<typeof methodList>): Record<string, AdmittedMethod> {
  // fromEntries defines own properties, so that any name is safe
  return Object.fromEntries(
    methods.map(({ name, id, requires }) => [name, { id, ...(requires ? { requires } : {}) }]),
  );
}
