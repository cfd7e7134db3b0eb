// The payloads of events that describe peers.
import { endpointIdFromBytes } from "../address/endpoint.ts";
import type { GateQuestion } from "../node.ts";
import { Limit } from "./border.ts";

/** A connection that arrived. */
export interface Arrival extends GateQuestion {
  /** `ip:port` of the peer; `undefined` through a relay. */
  readonly remoteAddress: string | undefined;
}

/** Reads an endpoint id and an ALPN. */
export function peerAndAlpn(payload: Uint8Array): GateQuestion {
  return {
    peer: endpointIdFromBytes(payload.subarray(0, Limit.ENDPOINT_ID_BYTES)),
    alpn: textOf(payload.subarray(Limit.ENDPOINT_ID_BYTES)),
  };
}

/** Reads an endpoint id, an ALPN of `alpnBytes` bytes and an address. */
export function arrivalOf(payload: Uint8Array, alpnBytes: number): Arrival {
  const end = Limit.ENDPOINT_ID_BYTES + alpnBytes;
  const address = textOf(payload.subarray(end));
  return {
    ...peerAndAlpn(payload.subarray(0, end)),
    remoteAddress: address === "" ? undefined : address,
  };
}

/** Reads a list: per entry an endpoint id, the length of an ALPN in one byte, the ALPN. */
export function questionsOf(payload: Uint8Array): GateQuestion[] {
  const questions: GateQuestion[] = [];
  for (let at = 0; at < payload.length; ) {
    const alpnAt = at + Limit.ENDPOINT_ID_BYTES + 1;
    const end = alpnAt + (payload[alpnAt - 1] ?? 0);
    questions.push({
      peer: endpointIdFromBytes(payload.subarray(at, at + Limit.ENDPOINT_ID_BYTES)),
      alpn: textOf(payload.subarray(alpnAt, end)),
    });
    at = end;
  }
  return questions;
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
