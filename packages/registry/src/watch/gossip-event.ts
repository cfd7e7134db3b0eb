import { encodeJson, type JsonRules, parseJson } from "@aster/trust/json";
import { z } from "zod";
import { epochMs, hexId, name, shortText } from "../entries/record.ts";
import { RegistryError } from "../error.ts";

/**
 * A notice to the members of the registry's topic (docs/registry.md, "Gossip"). It is not signed:
 * any member can write it, so readers take it as a hint.
 */
export type GossipEvent = { readonly timestampMs: number } & (
  | {
      readonly type: "contractPublished";
      readonly service: string;
      readonly version: number;
      readonly contractId: string;
    }
  | {
      readonly type: "channelUpdated";
      readonly service: string;
      readonly channel: string;
      readonly contractId: string;
    }
  | {
      readonly type: "leaseUpserted";
      readonly service: string;
      readonly contractId: string;
      readonly endpointId: string;
      readonly leaseSeq: number;
    }
  | { readonly type: "endpointDown"; readonly service: string; readonly endpointId: string }
  | { readonly type: "aclChanged"; readonly keyPrefix: string }
  | {
      readonly type: "compatibilityPublished";
      readonly contractId: string;
      readonly targetContractId: string;
    }
);

/** The index of a type is its number in the message. */
const TYPES = [
  "contractPublished",
  "channelUpdated",
  "leaseUpserted",
  "endpointDown",
  "aclChanged",
  "compatibilityPublished",
] as const satisfies readonly GossipEvent["type"][];

const malformed = (problem: string, options?: ErrorOptions): RegistryError =>
  new RegistryError("record", problem, options);

/** A gossip message has at most this many bytes. */
const rules: JsonRules = {
  bounds: { bytes: 3_968, depth: 4 },
  tooLarge: malformed,
  malformed,
};

const shape = z.object({
  type: z
    .int()
    .min(0)
    .max(TYPES.length - 1),
  service: name.nullish(),
  version: z.int().min(0).nullish(),
  channel: name.nullish(),
  contract_id: hexId.nullish(),
  endpoint_id: hexId.nullish(),
  key_prefix: shortText.nullish(),
  timestamp_ms: epochMs.nullish(),
});

type Wire = z.output<typeof shape>;

/** The bytes of a notice, all keys in order. Throws {@link RegistryError} `"record"`. */
export function encodeGossipEvent(event: GossipEvent): Uint8Array {
  const wire = {
    type: TYPES.indexOf(event.type),
    service: "service" in event ? event.service : null,
    // the number of a lease travels as the version
    version:
      event.type === "leaseUpserted" ? event.leaseSeq : "version" in event ? event.version : null,
    channel: "channel" in event ? event.channel : null,
    contract_id: "contractId" in event ? event.contractId : null,
    // the target of a compatibility report travels as the endpoint
    endpoint_id:
      event.type === "compatibilityPublished"
        ? event.targetContractId
        : "endpointId" in event
          ? event.endpointId
          : null,
    key_prefix: "keyPrefix" in event ? event.keyPrefix : null,
    timestamp_ms: event.timestampMs,
  };
  return encodeJson("registry notice", wire, rules);
}

/** Reads a notice. Throws {@link RegistryError} `"record"`. */
export function parseGossipEvent(bytes: Uint8Array): GossipEvent {
  const wire: Wire = parseJson("registry notice", bytes, shape, rules);
  const timestampMs = wire.timestamp_ms ?? 0;
  const type = TYPES[wire.type];
  const service = (): string => needed(wire, "service");
  const contractId = (): string => needed(wire, "contract_id");
  switch (type) {
    case "contractPublished": {
      const version = needed(wire, "version");
      return { type, timestampMs, service: service(), version, contractId: contractId() };
    }
    case "channelUpdated": {
      const channel = needed(wire, "channel");
      return { type, timestampMs, service: service(), channel, contractId: contractId() };
    }
    case "leaseUpserted": {
      const endpointId = needed(wire, "endpoint_id");
      const leaseSeq = needed(wire, "version");
      return {
        type,
        timestampMs,
        service: service(),
        contractId: contractId(),
        endpointId,
        leaseSeq,
      };
    }
    case "endpointDown":
      return { type, timestampMs, service: service(), endpointId: needed(wire, "endpoint_id") };
    case "aclChanged":
      return { type, timestampMs, keyPrefix: needed(wire, "key_prefix") };
    case "compatibilityPublished": {
      const targetContractId = needed(wire, "endpoint_id");
      return { type, timestampMs, contractId: contractId(), targetContractId };
    }
    default:
      throw malformed(`the registry notice has the unknown type ${wire.type}`);
  }
}

function needed<K extends keyof Wire>(wire: Wire, key: K): NonNullable<Wire[K]> {
  const value = wire[key];
  if (value != null) return value as NonNullable<Wire[K]>;
  throw malformed(`the registry notice of type ${wire.type} has no ${key}`);
}
