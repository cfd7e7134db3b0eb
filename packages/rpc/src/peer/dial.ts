import {
  type Connection,
  type EndpointAddress,
  LONGEST_TIMER_MS,
  type Node,
  parseAddress,
  ResetCode,
  TransportError,
} from "@aster/transport";
import { AdmissionError } from "@aster/trust";
import {
  type AdmissionResponse,
  CONSUMER_ADMISSION_ALPN,
  requestAdmission,
} from "@aster/trust/admission";
import { DIAL_TIMEOUT_MS } from "../defaults.ts";
import type { ClientLog } from "../log/client-log.ts";
import { clearTimer, epochMs, now, setTimer } from "../time/clock.ts";
import { callAddress } from "./call-address.ts";
import { credentialFacts, credentialIdIn } from "./credential-facts.ts";
import type { CredentialSource } from "./credential-source.ts";

/** The ALPN of calls (docs/wire.md, "Calls"): framed streams, one per call. */
export const RPC_ALPN = "aster/1";

/** Requests for one admission whose answers are lost. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 50;

export interface DialOptions {
  /** For dialing and admission together. Default: 20 s. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The credential to present. Default: none. */
  readonly credentials?: CredentialSource | undefined;
  readonly iidToken?: string | undefined;
  /** The client is admitted and renews that. Default: false. */
  readonly again?: boolean | undefined;
  /** Calls another node when the peer offers its services there. Default: false. */
  readonly allowRedirect?: boolean | undefined;
  readonly log?: ClientLog | undefined;
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
  const { timeoutMs = DIAL_TIMEOUT_MS, signal, credentials, iidToken, again = false } = options;
  const bounds = boundsOf(timeoutMs, signal);
  const presented = await credentials?.next(again, bounds().timeoutMs, signal);
  const ask = async (): Promise<AdmissionResponse> => {
    const asking = await node.connect(address, CONSUMER_ADMISSION_ALPN, { ...bounds(), raw: true });
    try {
      return await requestAdmission(asking, { ...bounds(), ...presented, iidToken });
    } finally {
      asking.close(ResetCode.NoError, "normal close");
    }
  };
  // a token may have been used although its answer was lost
  const { oneTime } = credentialFacts(presented?.credentialJson);
  const { endpointId } = parseAddress(address);
  const admission = await logged(options.log, endpointId, presented?.credentialJson, () =>
    oneTime ? ask() : repeatedly(ask, signal),
  );
  const { credentialJson: issued } = admission;
  if (issued !== undefined) credentials?.issued(issued);
  // the answer does not contain the end of the admission
  const { expiresAtMs } = credentialFacts(issued ?? presented?.credentialJson);
  return { admission, expiresAt: now() + expiresAtMs - epochMs() };
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

/** Logs a request for admission and its result. */
async function logged(
  log: ClientLog | undefined,
  peer: string,
  credentialJson: string | undefined,
  ask: () => Promise<AdmissionResponse>,
): Promise<AdmissionResponse> {
  if (log === undefined) return ask();
  const startedAt = now();
  log.asking(peer, credentialIdIn(credentialJson));
  try {
    const admission = await ask();
    log.asked(peer, startedAt);
    return admission;
  } catch (error) {
    log.asked(peer, startedAt, error);
    throw error;
  }
}

/**
 * Asks again when the answer was lost. Servers of the Python package close the connection as soon
 * as they have written their answer, which then does not always arrive, least of all when many
 * clients ask at once.
 */
async function repeatedly(
  ask: () => Promise<AdmissionResponse>,
  signal: AbortSignal | undefined,
): Promise<AdmissionResponse> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === ATTEMPTS || !isLostAnswer(error)) throw error;
    }
    await pause(Math.random() * FIRST_PAUSE_MS * 2 ** attempt, signal);
  }
}

/** Resolves after a time, or when the signal fires. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimer(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimer(end, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}

function isLostAnswer(error: unknown): boolean {
  if (!(error instanceof AdmissionError) || error.code !== "closed") return false;
  const { cause } = error;
  return cause instanceof TransportError && cause.applicationCode === ResetCode.NoError;
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
