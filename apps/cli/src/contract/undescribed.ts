import { type Failure, usageFailure } from "../command/failure.ts";

/** The failure of a service that its peer does not describe, as the Python package does not. */
export function undescribed(service: string): Failure {
  return usageFailure(
    `the peer does not describe ${service}`,
    "name its contract with --contract: a manifest or FILE:EXPORT",
    "contract.missing",
  );
}
