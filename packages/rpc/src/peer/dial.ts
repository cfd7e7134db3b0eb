import {
  type Connection,
  type EndpointAddress,
  type Node,
  parseAddress,
  ResetCode,
} from "@aster/transport";
import { type AdmissionResponse, CONSUMER_ADMISSION_ALPN, requestAdmission } from "@aster/trust";
import { now } from "../time/clock.ts";
import { RPC_ALPN } from "./alpn.ts";

export interface DialOptions {
  /** For all of it together. Default 20 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly credential?: string;
}

/** What a client has once it was let in. */
export interface Dialled {
  readonly admission: AdmissionResponse;
  readonly connection: Connection;
}

const DEFAULT_TIMEOUT_MS = 20_000;

/** Asks to be let in, then opens the connection for calls. Rejects with what transport and trust reject with. */
export async function dial(
  node: Node,
  address: EndpointAddress | string,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal, credential }: DialOptions,
): Promise<Dialled> {
  const until = now() + timeoutMs;
  const bounds = () => ({
    timeoutMs: Math.max(1, Math.ceil(until - now())),
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

/** The address we were given has just worked; another one counts only when calls are answered by another node. */
function callAddress(
  given: EndpointAddress | string,
  { services }: AdmissionResponse,
): EndpointAddress {
  const own = parseAddress(given);
  const rpc = services[0]?.channels.rpc;
  if (rpc === undefined) return own;
  const told = parseAddress(rpc);
  return told.endpointId === own.endpointId ? own : told;
}
