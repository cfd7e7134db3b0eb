import { RpcError } from "@aster/rpc";
import type { Denial } from "@aster/rpc/server";
import type { AdmissionOutcome } from "@aster/trust";

/** The event of an admission. */
export function admissionEvent({ peer, admitted, cause }: AdmissionOutcome) {
  return { event: "admission", peer, admitted, cause: admitted ? null : (cause ?? "failed") };
}

/** The event of a call that lacked a role. `undefined` for other denials. */
export function deniedEvent({ gate, peer, method, error }: Denial) {
  if (gate !== 3) return undefined;
  const missing = error instanceof RpcError ? error.details.missing : undefined;
  return { event: "denied", peer, method, missing: missing?.split(",") ?? [] };
}
