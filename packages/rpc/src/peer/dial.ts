import {
  type Connection,
  type EndpointAddress,
  type Node,
  parseAddress,
  ResetCode,
} from "@aster/transport";
import { type AdmissionResponse, CONSUMER_ADMISSION_ALPN, requestAdmission } from "@aster/trust";
import { DIAL_TIMEOUT_MS } from "../defaults.ts";
import { LONGEST_TIMER_MS, now } from "../time/clock.ts";

/** The ALPN of calls (docs/wire.md, "Calls"): framed streams, one per call. */
export const RPC_ALPN = "aster/1";

export interface DialOptions {
  /** For dialing and admission together. Default: 20 s. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly credential?: string | undefined;
}

/** A peer that has admitted the client. */
export interface DialedPeer {
  readonly admission: AdmissionResponse;
  readonly connection: Connection;
}

/**
 * Requests admission, then opens the connection for calls. Rejects with `TransportError` or
 * `AdmissionError`.
 */
export async function dial(
  node: Pick<Node, "connect">,
  address: EndpointAddress | string,
  { timeoutMs = DIAL_TIMEOUT_MS, signal, credential }: DialOptions,
): Promise<DialedPeer> {
  const until = now() + timeoutMs;
  const bounds = () => ({
    timeoutMs: Math.min(Math.max(1, Math.ceil(until - now())), LONGEST_TIMER_MS),
    ...(signal === undefined ? {} : { signal }),
  });
  const asking = await node.connect(address, CONSUMER_ADMISSION_ALPN, { ...bounds(), raw: true });
  let admission: AdmissionResponse;
  try {
    admission = await requestAdmission(asking, {
      ...bounds(),
      ...(credential === undefined ? {} : { credentialJson: credential }),
    });
  } finally {
    asking.close(ResetCode.NoError, "normal close");
  }
  const connection = await node.connect(callAddress(address, admission), RPC_ALPN, bounds());
  return { admission, connection };
}

/**
 * The given address has just worked. The offered one counts only when another node answers the
 * calls.
 */
function callAddress(
  given: EndpointAddress | string,
  { services }: AdmissionResponse,
): EndpointAddress {
  const own = parseAddress(given);
  const rpc = services[0]?.channels.rpc;
  if (rpc === undefined) return own;
  const offered = parseAddress(rpc);
  return offered.endpointId === own.endpointId ? own : offered;
}
