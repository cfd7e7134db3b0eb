// Contracts: identity, comparison and description of a definition.

export type { CompareCallsOptions } from "./compare/compare-calls.ts";
export { compareCalls } from "./compare/compare-calls.ts";
export type { MethodComparison, MethodDifference } from "./compare/compare-contracts.ts";
export { compareContracts } from "./compare/compare-contracts.ts";
export type { ComparedMode } from "./compare/compared-mode.ts";
export type { CallDifference } from "./compare/message-comparison.ts";
export type { TypeTable } from "./compare/type-table.ts";
export { typeTable } from "./compare/type-table.ts";
export type { Contract } from "./contract.ts";
export { canonicalBytes, contractOf, typeHash } from "./contract.ts";
export type { ContractDifference } from "./diff.ts";
export { diffContracts } from "./diff.ts";
export type { ContractManifest, ManifestMethod, ManifestPublication } from "./manifest.ts";
export { manifestOf, manifestText, typedManifestOf } from "./manifest.ts";
export type { ManifestField, ManifestKind } from "./manifest-field.ts";
export { parseManifest } from "./manifest-parser.ts";
export type { HashedType } from "./type-hash.ts";
export type {
  CaseShape,
  FieldShape,
  ManifestType,
  TypeShape,
  ValueShape,
} from "./types/manifest-type.ts";
export { plainNames, valueText } from "./types/shape-text.ts";

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
