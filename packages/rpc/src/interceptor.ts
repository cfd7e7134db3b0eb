// For authors of interceptors: types, the observation and the repetition of calls, checks of
// options, texts for logs, and the clock of deadlines.

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
export type {
  CallChanges,
  CallFacts,
  CallHooks,
  MethodFacts,
  PrepareHooks,
} from "./hooks/call-hooks.ts";
export { callHooks } from "./hooks/call-hooks.ts";
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
export type { HedgeOptions } from "./retry/hedge-interceptor.ts";
export { hedgeInterceptor } from "./retry/hedge-interceptor.ts";
export { pause } from "./retry/pause.ts";
export { MAX_PUSHBACK_MS, pushbackMs } from "./retry/push-back.ts";
export { retryInterceptor } from "./retry/retry-interceptor.ts";
export type { PeerRetryOptions, RetryOptions } from "./retry/retry-options.ts";
export { isUnprocessed } from "./retry/unprocessed.ts";
export { capabilityCheck } from "./server/requirement.ts";
export { epochMs, now } from "./time/clock.ts";
