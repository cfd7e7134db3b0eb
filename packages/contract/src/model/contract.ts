// Contracts of service definitions. A contract is computed once per definition, when it is first
// needed: by a server that offers the service, a client that compares the offer, or a tool.

import { wireTypeInfo } from "@aster/codec";
import { blake3 } from "#blake3";
import { ContractError } from "../error.ts";
import type { MessageSchema } from "../message.ts";
import { serviceDefinitionOf } from "../service.ts";
import type { ServiceDefinition } from "../service-definition.ts";
import { encodeMethodDef, encodeServiceContract } from "./canonical.ts";
import type { ServiceContract } from "./service-contract.ts";
import { type HashedType, hashTypes, toHex } from "./type-hash.ts";

/** The identity of a service, and the data it is computed from. */
export interface Contract {
  /** The BLAKE3 hash of the bytes, 64 lower-case hex characters. */
  readonly id: string;
  /** The canonical bytes of the model. */
  readonly bytes: Uint8Array;
  readonly model: ServiceContract;
  /** Every type that a message can contain: a type after those it refers to, unions last. */
  readonly types: readonly HashedType[];
}

const contracts = new WeakMap<ServiceDefinition, Contract>();

function infoOf(schema: MessageSchema) {
  const info = wireTypeInfo(schema);
  if (info) return info;
  throw new ContractError("type", "the schema is not a wire type; make it with wireType()");
}

function computeContract(definition: ServiceDefinition): Contract {
  const methods = Object.values(definition.methods).map((method) => ({
    ...method,
    request: infoOf(method.request),
    response: infoOf(method.response),
  }));
  const types = hashTypes(methods.flatMap(({ request, response }) => [request, response]));
  const hashes = new Map(types.map((type) => [type.tag, type.hash]));
  const hashOf = (tag: string) => hashes.get(tag) as Uint8Array;
  const model: ServiceContract = {
    name: definition.name,
    version: definition.version,
    methods: methods.map((method) => ({
      name: method.name,
      pattern: method.pattern,
      requestType: hashOf(method.request.tag),
      responseType: hashOf(method.response.tag),
      idempotent: method.idempotent,
      defaultTimeout: (method.timeoutMs ?? 0) / 1000,
    })),
    serializationModes: definition.serialization,
    scoped: definition.scoped,
  };
  const bytes = encodeServiceContract(model);
  return Object.freeze({ id: toHex(blake3(bytes)), bytes, model, types });
}

/**
 * The contract of a definition, a decorated class or an instance of one. It is computed once.
 *
 * Throws {@link ContractError} `service` for any other value.
 */
export function contractOf(service: object): Contract {
  const definition = serviceDefinitionOf(service);
  const known = contracts.get(definition);
  if (known) return known;
  const contract = computeContract(definition);
  contracts.set(definition, contract);
  return contract;
}

/** The contract id of a definition, a decorated class or an instance: 64 hex characters. */
export function contractIdOf(service: object): string {
  return contractOf(service).id;
}

const methodIds = new WeakMap<ServiceDefinition, ReadonlyMap<string, string>>();

/**
 * The ids of the methods of a service, by their names on the wire: the BLAKE3 hashes of their
 * canonical bytes, 64 hex characters. They are computed once. Methods with equal ids take and
 * return the same types.
 */
export function methodIdsOf(service: object): ReadonlyMap<string, string> {
  const definition = serviceDefinitionOf(service);
  const known = methodIds.get(definition);
  if (known) return known;
  const ids = new Map(
    contractOf(definition).model.methods.map((method) => [
      method.name,
      toHex(blake3(encodeMethodDef(method))),
    ]),
  );
  methodIds.set(definition, ids);
  return ids;
}

/** The same as {@link contractIdOf}, under its name in other languages. */
export const contractIdFromService: (service: object) => string = contractIdOf;

/** A copy of the bytes that the contract id hashes (docs/contract.md, "Canonical bytes"). */
export function canonicalBytes(service: object): Uint8Array {
  return contractOf(service).bytes.slice();
}

/** The hash of a wire type, 64 hex characters. Throws {@link ContractError} `type` if untagged. */
export function typeHash(type: MessageSchema): string {
  const info = infoOf(type);
  const found = hashTypes([info]).find(({ tag }) => tag === info.tag);
  return toHex((found as HashedType).hash);
}
