import { randomBytes } from "node:crypto";

/** The ids of other programs that are taken over: short, and safe in every log. */
const usable = /^[\w.:-]{1,64}$/;

/** Makes the id of one call for logs: 16 random hex characters. */
export function newRequestId(): string {
  return randomBytes(8).toString("hex");
}

/** Returns the id that the caller sent if it can be used, else a new one. */
export function requestIdOf(callId: string): string {
  return usable.test(callId) ? callId : newRequestId();
}
