import process from "node:process";
import { AdmissionError } from "./error.ts";
import type { AdmissionDecision, AdmissionGate } from "./gate.ts";

export interface OpenGateOptions {
  /** Says that anyone who knows the address may call, also under `NODE_ENV=production`. Default false. */
  readonly production?: boolean;
}

/**
 * A gate for development: everyone who presents no credential comes in, with no attributes.
 *
 * A peer that does present one is refused, since nothing here could verify it.
 * Throws {@link AdmissionError} `"gate"` under `NODE_ENV=production` unless `production` is set.
 */
export function openGate(options: OpenGateOptions = {}): AdmissionGate {
  if (process.env.NODE_ENV === "production" && !options.production) {
    throw new AdmissionError(
      "gate",
      "An open gate admits everyone who knows the address. If that is meant in production, ask for it: openGate({ production: true }).",
    );
  }
  return {
    open: true,
    admit: ({ credentialJson }): AdmissionDecision =>
      credentialJson === ""
        ? { admitted: true, attributes: {} }
        : { admitted: false, reason: "an open gate cannot verify a credential" },
  };
}
