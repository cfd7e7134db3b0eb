import process from "node:process";
import { AdmissionError } from "../error.ts";
import type { AdmissionDecision, AdmissionGate } from "./gate.ts";

export interface OpenGateOptions {
  /**
   * Allows the open gate in production: under any `NODE_ENV` but `development`, `test` and none.
   * Default: `false`.
   */
  readonly production?: boolean | undefined;
}

/**
 * Returns a gate for development. It admits every peer that presents no credential, without
 * attributes, so every peer that has the address can make calls.
 *
 * It denies peers that present a credential, because it cannot verify one.
 * Throws {@link AdmissionError} `"gate"` in production unless `production` is set. Production is
 * any `NODE_ENV` but `development`, `test` and none, so that `prod` and `staging` are not mistaken
 * for development.
 */
export function openGate(options: OpenGateOptions = {}): AdmissionGate {
  const environment = process.env.NODE_ENV;
  if (isProduction(environment) && !options.production) {
    throw new AdmissionError(
      "gate",
      "an open gate admits every peer that has the address and is refused under " +
        `NODE_ENV=${environment}; pass another gate, or openGate({ production: true }) to allow it`,
    );
  }
  return {
    open: true,
    admit: ({ credentialJson }): AdmissionDecision =>
      credentialJson === ""
        ? { admitted: true, attributes: {} }
        : {
            admitted: false,
            cause: "wrong-root",
            reason: "an open gate trusts no root key and cannot verify a credential",
          },
  };
}

function isProduction(environment: string | undefined): boolean {
  return !["", "development", "test"].includes(environment ?? "");
}
