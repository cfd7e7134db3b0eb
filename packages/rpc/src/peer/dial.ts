import { type Connection, type EndpointAddress, type Node, ResetCode } from "@aster/transport";
import { type AdmissionResponse, CONSUMER_ADMISSION_ALPN, requestAdmission } from "@aster/trust";
import { DIAL_TIMEOUT_MS } from "../defaults.ts";
import { LONGEST_TIMER_MS, now } from "../time/clock.ts";
import { callAddress } from "./call-address.ts";

/** The ALPN of calls (docs/wire.md, "Calls"): framed streams, one per call. */
export const RPC_ALPN = "aster/1";

export interface DialOptions {
  /** For dialing and admission together. Default: 20 s. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly credential?: string | undefined;
  readonly iidToken?: string | undefined;
  /** Calls another node when the peer offers its services there. Default: false. */
  readonly allowRedirect?: boolean | undefined;
}

/** A peer that has admitted the client. */
export interface DialedPeer {
  readonly admission: AdmissionResponse;
  readonly connection: Connection;
}

/**
 * Requests admission, then opens the connection for calls. Rejects with `TransportError`,
 * `AdmissionError`, or as {@link callAddress} throws.
 */
export async function dial(
  node: Pick<Node, "connect">,
  address: EndpointAddress | string,
  options: DialOptions,
): Promise<DialedPeer> {
  const { timeoutMs = DIAL_TIMEOUT_MS, signal, credential, iidToken } = options;
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
      ...(iidToken === undefined ? {} : { iidToken }),
    });
  } finally {
    asking.close(ResetCode.NoError, "normal close");
  }
  const answering = callAddress(address, admission, options.allowRedirect ?? false);
  const connection = await node.connect(answering, RPC_ALPN, bounds());
  return { admission, connection };
}
