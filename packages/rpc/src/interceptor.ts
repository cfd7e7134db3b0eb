// For authors of interceptors: types, the observation of calls, checks of options, texts for logs,
// and the clock of deadlines.

export type {
  CallMetadata,
  CompressionSetting,
  ContextInterceptor,
  InterceptedCall,
  Interceptor,
  Next,
  Requirement,
} from "@aster/contract";
export type { ContextProviders, ProvidedValues } from "./add-context.ts";
export { addContext } from "./add-context.ts";
export { printFailure } from "./failure-log.ts";
export { safeText, shortened } from "./log/safe-text.ts";
export type { CallMapping } from "./map-call.ts";
export { mapCall } from "./map-call.ts";
export { checkCompression } from "./message/compression.ts";
export type { CallEnd } from "./observe-call.ts";
export { observeCall } from "./observe-call.ts";
export {
  checkInteger,
  checkNonNegative,
  checkPositive,
  checkRange,
  optionError,
  unknownOption,
} from "./option-check.ts";
export { pause } from "./retry/pause.ts";
export { capabilityCheck } from "./server/requirement.ts";
export { epochMs, now } from "./time/clock.ts";
