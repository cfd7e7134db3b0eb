// The definition of services, without clients, servers and the native module. Bundles for browsers
// contain this entry in place of the main one (the `browser` condition in package.json).

// Messages and their fields.

export type { WireField, WireType, WireTypeOptions } from "@aster/codec";
export {
  bfloat16,
  bfloat16Array,
  boolArray,
  bytes,
  date,
  decimal,
  duration,
  fixedInt32,
  fixedInt64,
  fixedUint32,
  fixedUint64,
  float16,
  float16Array,
  int8,
  int16,
  taggedInt64,
  taggedUint64,
  timestamp,
  typed,
  uint8,
  uint8Array,
  uint16,
  wireEnum,
  wireExt,
  wireType,
  wireUnion,
} from "@aster/codec";

// Services, their methods and errors.

export type {
  CallContext,
  CallMetadata,
  CapabilityRequirement,
  ContextNeeds,
  ContextValue,
  ErrorType,
  ErrorTypeOptions,
  Infer,
  MessageSchema,
  MethodDefinition,
  NeedsContext,
  ServiceDefinition,
  ServiceHandlers,
  TypedError,
} from "@aster/contract";
export {
  allOf,
  anyOf,
  bidiStream,
  clientStream,
  contextValue,
  contractIdFromService,
  contractIdOf,
  defineService,
  errorType,
  role,
  rpc,
  SerializationMode,
  serverStream,
  service,
  unary,
} from "@aster/contract";
export { isStatusCode, StatusCode, statusName } from "./status.ts";
