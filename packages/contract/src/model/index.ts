// Contracts: identity, comparison and description of a definition.

export type { Contract } from "./contract.ts";
export { canonicalBytes, contractOf, typeHash } from "./contract.ts";
export type { ContractDifference } from "./diff.ts";
export { diffContracts } from "./diff.ts";
export type { ContractManifest, ManifestMethod, ManifestPublication } from "./manifest.ts";
export { manifestOf, manifestText } from "./manifest.ts";
export type { ManifestField, ManifestKind } from "./manifest-field.ts";
export { parseManifest } from "./manifest-parser.ts";
export type { HashedType } from "./type-hash.ts";

// Canonical bytes, for registries and other implementations.

export { blake3 } from "#blake3";
export { encodeServiceContract, encodeTypeDef } from "./canonical.ts";
export { decodeServiceContract, decodeTypeDef } from "./canonical-decode.ts";
export type {
  EnumValueDef,
  FieldDef,
  MethodDef,
  ServiceContract,
  TypeDef,
  UnionVariantDef,
} from "./service-contract.ts";
