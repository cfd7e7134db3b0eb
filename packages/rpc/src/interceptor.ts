// The types of interceptors, and the clock that their deadlines use.

export type { CallMetadata, InterceptedCall, Interceptor, Next } from "@aster/contract";
export { now } from "./time/clock.ts";
