// The types of interceptors, the observation of calls, and the clock of deadlines.

export type { CallMetadata, InterceptedCall, Interceptor, Next } from "@aster/contract";
export type { CallEnd } from "./observe-call.ts";
export { observeCall } from "./observe-call.ts";
export { now } from "./time/clock.ts";
