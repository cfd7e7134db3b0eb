// The definition of services.

export type { CallContext, CallMetadata } from "./call-context.ts";
export type { CompressionSetting } from "./compression-setting.ts";
export type { ContextNeeds, ContextValue, NeedsContext } from "./context-value.ts";
export { contextValue } from "./context-value.ts";
export { bidiStream, clientStream, rpc, serverStream, unary } from "./declare-method.ts";
export { defineService } from "./define-service.ts";
export type { ContractErrorCode } from "./error.ts";
export { ContractError } from "./error.ts";
export type { ErrorType, ErrorTypeOptions, TypedError } from "./error-type.ts";
export { errorType } from "./error-type.ts";
export type {
  ContextInterceptor,
  InterceptedCall,
  Interceptor,
  Next,
} from "./interceptor.ts";
export type { Infer } from "./message.ts";
export { contractIdFromService, contractIdOf, methodIdsOf } from "./model/contract.ts";
export type {
  AttachmentOptions,
  MethodOptions,
  ServiceClassOptions,
  ServiceOptions,
  ServiceScope,
} from "./options.ts";
export type { Requirement } from "./requirement.ts";
export { allOf, anyOf, role } from "./requirement.ts";
export { SerializationMode } from "./serialization-mode.ts";
export { service, serviceDefinitionOf } from "./service.ts";
export type { ServiceDefinition, ServiceMethod } from "./service-definition.ts";
export type { ServiceHandlers } from "./service-types.ts";
export type { WarningHandler } from "./warning.ts";
export { onWarning } from "./warning.ts";

// For libraries that make clients and servers of definitions.

export type { CompressionFault } from "./compression-setting.ts";
export { compressionFault } from "./compression-setting.ts";
export type { AttachedValues, MissingNeeds, MissingValues } from "./context-check.ts";
export type { AddedValues, NeededValues } from "./context-value.ts";
export type { BareMethodDecorator, MethodDeclarer } from "./declare-method.ts";
export type { ScopeOf } from "./define-service.ts";
export type { ErrorTypes, ErrorTypesOf, MethodErrors, NoErrors } from "./error-type.ts";
export { ErrorDetail } from "./error-type.ts";
export type {
  BidiStreamHandler,
  ClientStreamHandler,
  Handler,
  ServerStreamHandler,
  UnaryHandler,
} from "./handler.ts";
export type {
  Message,
  MessageSchema,
  MethodPattern,
  Received,
  SchemaOf,
  Sent,
} from "./message.ts";
export type {
  ErrorsOfShape,
  MethodDecorator,
  MethodDefinition,
  MethodShape,
  Methods,
} from "./method.ts";
export type { CapabilityRequirement } from "./requirement.ts";
export { requirementOf } from "./requirement.ts";
export type { Attachment, ServiceDecorator } from "./service.ts";
export { attachmentOf } from "./service.ts";
export type { ServiceClass } from "./service-class.ts";
export { isServiceDefinition } from "./service-definition.ts";
export type { MethodSignature, MethodsOf, MethodsOfClass, ServiceOf } from "./service-types.ts";
