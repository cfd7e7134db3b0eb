import type { EndpointId } from "@aster/transport";
import { AdmissionError } from "../error.ts";
import type { AdmissionRefusal } from "../gate/admission-limiter.ts";
import type { Admitted } from "../gate/gate.ts";
import { type AdmissionRequest, parseAdmissionRequest } from "./admission-request.ts";
import type { Denial, GatedAdmissionOptions } from "./admission-server.ts";

interface Judges extends Pick<GatedAdmissionOptions, "gate" | "limiter" | "address"> {
  readonly peer: EndpointId;
}

/** The decision about a request, and the request if it could be read. */
export interface Judgement {
  readonly decision: Admitted | (Denial & { readonly admitted: false });
  readonly request?: AdmissionRequest;
}

/** Lets the limiter and the gate decide about the bytes of a request. Counts denials. */
export async function judge(bytes: Uint8Array, judges: Judges): Promise<Judgement> {
  const { gate, peer, limiter, address } = judges;
  const refusal = limiter?.refusal(peer, address);
  if (refusal !== undefined) return { decision: limited(refusal) };
  const request = readRequest(bytes);
  if (request instanceof AdmissionError) {
    gate.spendTime?.();
    limiter?.denied(peer, address);
    const { message: reason } = request;
    return { decision: { admitted: false, reason, cause: "malformed", error: request } };
  }
  const decision = await gate.admit(request, peer);
  if (decision.admitted === true) {
    limiter?.admitted(peer);
    return { decision: checked(decision), request };
  }
  // an error, such as that of a token store, is not the fault of the peer
  if (decision.error === undefined) limiter?.denied(peer, address);
  return { decision, request };
}

/** Counts the denial of a request that did not reach the gate, if that is the fault of the peer. */
export function countUndecided({ cause }: Denial, { limiter, peer, address }: Judges): void {
  if (cause === "malformed") limiter?.denied(peer, address);
}

const LIMITS = { endpoint: "per endpoint", address: "per IP address", total: "in total" } as const;

function limited({ limit, repeated }: AdmissionRefusal): Judgement["decision"] {
  const reason = `too many denied admissions ${LIMITS[limit]}`;
  return { admitted: false, reason, cause: "rate-limited", repeated };
}

function readRequest(bytes: Uint8Array): AdmissionRequest | AdmissionError {
  try {
    return parseAdmissionRequest(bytes);
  } catch (error) {
    if (error instanceof AdmissionError && error.code === "protocol") return error;
    throw error;
  }
}

/** Throws for attributes that are not text and for a time that is not a number. */
function checked(decision: Admitted): Admitted {
  const { attributes, expiresAtMs = 0 } = decision;
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "string") continue;
    throw new TypeError(`the gate returned an attribute ${name} that is not text`);
  }
  if (typeof expiresAtMs !== "number" || Number.isNaN(expiresAtMs)) {
    throw new TypeError(`the gate returned expiresAtMs ${String(expiresAtMs)}, not a number`);
  }
  return decision;
}
