import { setTimeout as sleep } from "node:timers/promises";
import { encodeFrame, FrameFlag } from "@aster/transport";
import { RawPeer, type RawStream } from "../../faults/support/raw-peer.ts";

const json = (value: object) => new TextEncoder().encode(JSON.stringify(value));

/** The first frame of a call of the Hoard service in JSON. */
export function hoardHeader(method: string): Uint8Array {
  return encodeFrame(FrameFlag.Header, json({ service: "Hoard", method, version: 1 }));
}

/** A whole call in JSON. */
export function hoardCall(method: string, request: object): Uint8Array {
  return Buffer.concat([hoardHeader(method), encodeFrame(0, json(request))]);
}

export interface CrowdOptions {
  readonly connections: number;
  /** Of each connection. */
  readonly streams: number;
  /** The bytes of each stream. */
  readonly bytes: (stream: number) => Uint8Array;
  /** The peer ends its half of each stream. Default: true. */
  readonly ends?: boolean;
}

/**
 * A peer with several connections that opens many streams on each of them, 64 at a time, and reads
 * nothing of the answers. The caller disposes it.
 */
export async function crowd(
  address: string,
  { connections, streams, bytes, ends = true }: CrowdOptions,
): Promise<{ peer: RawPeer; opened: RawStream[] }> {
  const peer = await RawPeer.at(address);
  const opened: RawStream[] = [];
  for (let connection = 0; connection < connections; connection += 1) {
    if (connection > 0) await peer.reconnect();
    for (let stream = 0; stream < streams; stream += 1) {
      const one = peer.open(bytes(opened.length));
      one.channel.pause();
      opened.push(one);
      if (ends) one.channel.end();
      if (stream % 64 === 63) await sleep(20);
    }
  }
  return { peer, opened };
}
