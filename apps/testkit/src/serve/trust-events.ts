import type { Denial } from "@aster/rpc/server";
import type { AdmissionOutcome } from "@aster/trust";

/** The event of an admission. */
export function admissionEvent({ peer, admitted, cause }: AdmissionOutcome) {
  const event = { event: "admission", peer, admitted };
  return admitted ? event : { ...event, cause: cause ?? "failed" };
}

/** The event of an access that the server denied. `count` stands for more than one connection. */
export function deniedEvent({ gate, peer, method, cause, count = 1 }: Denial) {
  return {
    event: "denied",
    gate,
    peer,
    ...(method === undefined ? {} : { method }),
    cause: gate === 0 ? "unadmitted" : cause,
    ...(count === 1 ? {} : { count }),
  };
}
