import type { CapabilityRequirement } from "../requirement.ts";
import { CanonicalReader } from "./canonical-reader.ts";
import type { FieldDef, MethodDef, ServiceContract, TypeDef } from "./service-contract.ts";
import {
  ContainerCode,
  MethodPatternCode,
  RequirementCode,
  ScopeCode,
  TypeDefCode,
  TypeKindCode,
} from "./service-contract.ts";

// Object literals are evaluated from top to bottom, which is the order of the bytes.

function readRequirement(reader: CanonicalReader): CapabilityRequirement {
  return { kind: reader.code(RequirementCode), roles: reader.list(() => reader.string()) };
}

function readMethod(reader: CanonicalReader): MethodDef {
  return {
    name: reader.string(),
    pattern: reader.code(MethodPatternCode),
    requestType: reader.bytes(),
    responseType: reader.bytes(),
    idempotent: reader.bool(),
    defaultTimeout: reader.float64(),
    requires: reader.optional(() => readRequirement(reader)),
  };
}

function readField(reader: CanonicalReader): FieldDef {
  return {
    id: reader.signed(),
    name: reader.string(),
    typeKind: reader.code(TypeKindCode),
    typePrimitive: reader.string(),
    typeRef: reader.bytes(),
    selfRefName: reader.string(),
    optional: reader.bool(),
    refTracked: reader.bool(),
    container: reader.code(ContainerCode),
    containerKeyKind: reader.code(TypeKindCode),
    containerKeyPrimitive: reader.string(),
    containerKeyRef: reader.bytes(),
  };
}

/**
 * Reads the canonical bytes of a service. Throws `ContractError` `data` for malformed bytes
 * and for bytes after the end.
 */
export function decodeServiceContract(bytes: Uint8Array): ServiceContract {
  const reader = new CanonicalReader(bytes);
  const contract = {
    name: reader.string(),
    version: reader.signed(),
    methods: reader.list(() => readMethod(reader)),
    serializationModes: reader.list(() => reader.string()),
    scoped: reader.code(ScopeCode),
    requires: reader.optional(() => readRequirement(reader)),
  };
  reader.finish();
  return contract;
}

/**
 * Reads the canonical bytes of a type. Throws `ContractError` `data` for malformed bytes and
 * for bytes after the end.
 */
export function decodeTypeDef(bytes: Uint8Array): TypeDef {
  const reader = new CanonicalReader(bytes);
  const type = {
    kind: reader.code(TypeDefCode),
    package: reader.string(),
    name: reader.string(),
    fields: reader.list(() => readField(reader)),
    enumValues: reader.list(() => ({ name: reader.string(), value: reader.signed() })),
    unionVariants: reader.list(() => ({
      name: reader.string(),
      id: reader.signed(),
      typeRef: reader.bytes(),
    })),
  };
  reader.finish();
  return type;
}
