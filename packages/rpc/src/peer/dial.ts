import { type Connection, type EndpointAddress, type Node, ResetCode } from "@aster/transport";
import { type AdmissionResponse, CONSUMER_ADMISSION_ALPN, requestAdmission } from "@aster/trust";
import { DIAL_TIMEOUT_MS } from "../defaults.ts";
import { epochMs, LONGEST_TIMER_MS, now } from "../time/clock.ts";
import { callAddress } from "./call-address.ts";
import type { CredentialSource } from "./credential-source.ts";

/** The ALPN of calls (docs/wire.md, "Calls"): framed streams, one per call. */
export const RPC_ALPN = "aster/1";

export interface DialOptions {
  /** For dialing and admission together. Default: 20 s. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The credential to present. Default: none. */
  readonly credentials?: CredentialSource | undefined;
  readonly iidToken?: string | undefined;
  /** Calls another node when the peer offers its services there. Default: false. */
  readonly allowRedirect?: boolean | undefined;
}

/** An admission and its end. */
export interface Admitted {
  readonly admission: AdmissionResponse;
  /** As of `now()`; `Infinity` if the client does not know. */
  readonly expiresAt: number;
}

/** A peer that has admitted the client. */
export interface DialedPeer extends Admitted {
  readonly connection: Connection;
}

/** Requests admission of a peer. Rejects as {@link dial} does. */
export async function admitTo(
  node: Pick<Node, "connect">,
  address: EndpointAddress | string,
  options: DialOptions,
): Promise<Admitted> {
  const { timeoutMs = DIAL_TIMEOUT_MS, signal, credentials, iidToken } = options;
  const bounds = boundsOf(timeoutMs, signal);
  const credentialJson = await credentials?.next(bounds().timeoutMs, signal);
  const asking = await node.connect(address, CONSUMER_ADMISSION_ALPN, { ...bounds(), raw: true });
  let admission: AdmissionResponse;
  try {
    admission = await requestAdmission(asking, { ...bounds(), credentialJson, iidToken });
  } finally {
    asking.close(ResetCode.NoError, "normal close");
  }
  return { admission, expiresAt: now() + remainingMsOf(credentialJson) };
}

/**
 * Requests admission, then opens the connection for calls. Rejects with `TransportError`,
 * `AdmissionError`, or as {@link CredentialSource.next} and {@link callAddress} do.
 */
export async function dial(
  node: Pick<Node, "connect">,
  address: EndpointAddress | string,
  options: DialOptions,
): Promise<DialedPeer> {
  const { timeoutMs = DIAL_TIMEOUT_MS, signal, allowRedirect = false } = options;
  const bounds = boundsOf(timeoutMs, signal);
  const admitted = await admitTo(node, address, options);
  const answering = callAddress(address, admitted.admission, allowRedirect);
  const connection = await node.connect(answering, RPC_ALPN, bounds());
  return { ...admitted, connection };
}

interface Bounds {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Returns the bounds of the next step of a dial: what is left of its time. */
function boundsOf(timeoutMs: number, signal: AbortSignal | undefined): () => Bounds {
  const until = now() + timeoutMs;
  return () => ({
    timeoutMs: Math.min(Math.max(1, Math.ceil(until - now())), LONGEST_TIMER_MS),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The time until a credential expires. The answer does not contain the end of the admission. */
function remainingMsOf(credentialJson = ""): number {
  try {
    const { expires_at: seconds } = JSON.parse(credentialJson) as { expires_at?: unknown };
    if (typeof seconds === "number" && seconds > 0) return seconds * 1000 - epochMs();
  } catch {
    // the server has accepted it, so it may have a form that this client does not know
  }
  return Number.POSITIVE_INFINITY;
}
