import type { CapabilityRequirement } from "../requirement.ts";
import { CanonicalWriter } from "./canonical-writer.ts";
import type { FieldDef, MethodDef, ServiceContract, TypeDef } from "./service-contract.ts";
import {
  ContainerCode,
  MethodPatternCode,
  RequirementCode,
  ScopeCode,
  TypeDefCode,
  TypeKindCode,
} from "./service-contract.ts";

/**
 * Compares strings by Unicode code point. JavaScript compares UTF-16 units, which gives another
 * order above U+FFFF, but contracts need the order that other languages have.
 */
export function byCodePoint(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    if (left.charCodeAt(i) === right.charCodeAt(i)) continue;
    return (left.codePointAt(i) ?? 0) - (right.codePointAt(i) ?? 0);
  }
  return left.length - right.length;
}

const byId = (left: { id: number }, right: { id: number }) => left.id - right.id;

const byName = (left: { name: string }, right: { name: string }) =>
  byCodePoint(left.name.normalize("NFC"), right.name.normalize("NFC"));

function writeRequirement(writer: CanonicalWriter, requirement: CapabilityRequirement): void {
  writer.unsigned(RequirementCode[requirement.kind]);
  const roles = requirement.roles.map((role) => role.normalize("NFC")).sort(byCodePoint);
  writer.list(roles, (role) => writer.string(role));
}

function writeMethod(writer: CanonicalWriter, method: MethodDef): void {
  writer.string(method.name);
  writer.unsigned(MethodPatternCode[method.pattern]);
  writer.bytes(method.requestType);
  writer.bytes(method.responseType);
  writer.bool(method.idempotent);
  writer.float64(method.defaultTimeout);
  writer.optional(method.requires, (requirement) => writeRequirement(writer, requirement));
}

function writeField(writer: CanonicalWriter, field: FieldDef): void {
  writer.signed(field.id);
  writer.string(field.name);
  writer.unsigned(TypeKindCode[field.typeKind]);
  writer.string(field.typePrimitive);
  writer.bytes(field.typeRef);
  writer.string(field.selfRefName);
  writer.bool(field.optional);
  writer.bool(field.refTracked);
  writer.unsigned(ContainerCode[field.container]);
  writer.unsigned(TypeKindCode[field.containerKeyKind]);
  writer.string(field.containerKeyPrimitive);
  writer.bytes(field.containerKeyRef);
}

/** The canonical bytes of a method. Their BLAKE3 hash is the method id. */
export function encodeMethodDef(method: MethodDef): Uint8Array {
  const writer = new CanonicalWriter();
  writeMethod(writer, method);
  return writer.finish();
}

/** The canonical bytes of a service, with sorted lists. Their BLAKE3 hash is the contract id. */
export function encodeServiceContract(contract: ServiceContract): Uint8Array {
  const writer = new CanonicalWriter();
  writer.string(contract.name);
  writer.signed(contract.version);
  writer.list(contract.methods.toSorted(byName), (method) => writeMethod(writer, method));
  writer.list(contract.serializationModes, (mode) => writer.string(mode));
  writer.unsigned(ScopeCode[contract.scoped]);
  writer.optional(contract.requires, (requirement) => writeRequirement(writer, requirement));
  return writer.finish();
}

/** The canonical bytes of a type, with sorted lists. Their BLAKE3 hash is the type hash. */
export function encodeTypeDef(type: TypeDef): Uint8Array {
  const writer = new CanonicalWriter();
  writer.unsigned(TypeDefCode[type.kind]);
  writer.string(type.package);
  writer.string(type.name);
  writer.list(type.fields.toSorted(byId), (field) => writeField(writer, field));
  const values = type.enumValues.toSorted((left, right) => left.value - right.value);
  writer.list(values, (entry) => {
    writer.string(entry.name);
    writer.signed(entry.value);
  });
  writer.list(type.unionVariants.toSorted(byId), (variant) => {
    writer.string(variant.name);
    writer.signed(variant.id);
    writer.bytes(variant.typeRef);
  });
  return writer.finish();
}
