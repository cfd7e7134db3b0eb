// To define services.

export type { CallContext, CallMetadata } from "./call-context.ts";
export { bidiStream, clientStream, rpc, serverStream, unary } from "./declare-method.ts";
export type { ScopeOf } from "./define-service.ts";
export { defineService } from "./define-service.ts";
export type { ContractErrorCode } from "./error.ts";
export { ContractError } from "./error.ts";
export type { ErrorType, ErrorTypeOptions, TypedError } from "./error-type.ts";
export { errorType } from "./error-type.ts";
export type { ServiceHandlers } from "./handlers.ts";
export type { InterceptedCall, Interceptor, Next } from "./interceptor.ts";
export type { MethodOptions, ServiceOptions, ServiceScope } from "./options.ts";
export type { Requirement } from "./requirement.ts";
export { allOf, anyOf, role } from "./requirement.ts";
export { SerializationMode } from "./serialization-mode.ts";
export type { ServiceClass, ServiceDecorator } from "./service.ts";
export { service, serviceDefinitionOf } from "./service.ts";
export type { ServiceDefinition, ServiceMethod } from "./service-definition.ts";
export type { WarningHandler } from "./warning.ts";
export { onWarning } from "./warning.ts";

// To identify, describe and compare them.

export type { Contract } from "./contract.ts";
export {
  canonicalBytes,
  contractIdFromService,
  contractIdOf,
  contractOf,
  typeHash,
} from "./contract.ts";
export type { ContractDifference } from "./diff.ts";
export { diffContracts } from "./diff.ts";
export type { ContractManifest, ManifestMethod, ManifestPublication } from "./manifest.ts";
export { manifestOf, manifestText } from "./manifest.ts";
export type { ManifestField, ManifestKind } from "./manifest-field.ts";
export { parseManifest } from "./manifest-parser.ts";

// For those who write clients, servers, registries and other implementations.

export { blake3 } from "#blake3";
export { encodeServiceContract, encodeTypeDef } from "./canonical.ts";
export { decodeServiceContract, decodeTypeDef } from "./canonical-decode.ts";
export type { BareMethodDecorator, MethodDeclarer } from "./declare-method.ts";
export type { ErrorTypes, ErrorTypesOf, MethodErrors, NoErrors } from "./error-type.ts";
export { ErrorDetail } from "./error-type.ts";
export type {
  BidiStreamHandler,
  ClientStreamHandler,
  Handler,
  ServerStreamHandler,
  UnaryHandler,
} from "./handler.ts";
export type { MethodSignature, MethodsOf } from "./handlers.ts";
export type { Message, MessageSchema, Received, SchemaOf, Sent } from "./message.ts";
export type {
  ErrorsOfShape,
  MethodDecorator,
  MethodDefinition,
  MethodShape,
  Methods,
} from "./method.ts";
export type {
  CapabilityRequirement,
  EnumValueDef,
  FieldDef,
  MethodDef,
  MethodPattern,
  ServiceContract,
  TypeDef,
  UnionVariantDef,
} from "./model.ts";
export { isServiceDefinition } from "./service-definition.ts";
export type { MethodsOfClass, ServiceOf } from "./service-of.ts";
export type { HashedType } from "./type-graph.ts";
