import type { ServiceDefinition } from "@aster/contract";
import type { Client, SerializationMode } from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import { RPC_ALPN } from "@aster/rpc/server";
import { FrameFlag } from "@aster/transport";
import type { NodePair } from "@aster/transport/testing";
import { headers } from "./protocol.ts";
import { RawListener } from "./raw-listener.ts";

/** The beginning of a call on the wire. */
export interface RecordedCall {
  /** The serialization mode in the header; −1 if the first frame is not a header. */
  readonly mode: number;
  /** The frames after the header. */
  readonly frames: readonly (readonly [flags: number, firstByte: number | undefined])[];
}

export interface RecordOptions {
  readonly serialization?: SerializationMode;
  readonly profile?: "A" | "B";
  readonly peerModes?: readonly string[];
}

/**
 * Makes a call to a peer that only records, until `frames` frames have arrived after the header.
 */
export async function recordCall<T extends ServiceDefinition>(
  nodes: NodePair,
  service: T,
  options: RecordOptions,
  call: (client: Client<T>) => unknown,
  frames = 1,
): Promise<RecordedCall> {
  const incoming = nodes.server.accept([RPC_ALPN], { raw: [RPC_ALPN] });
  const [connection, step] = await Promise.all([
    nodes.client.connect(nodes.server.address(), RPC_ALPN),
    incoming.next(),
  ]);
  try {
    const listener = new RawListener();
    if (!step.done) step.value.accept((channel) => channel.read(listener));
    const client = createClient(service as never, connection, options) as unknown as Client<T>;
    const over = Promise.resolve(call(client)).catch(() => {});
    await listener.received(frames + 1);
    connection.close();
    await over;
    return recorded(listener);
  } finally {
    connection.close();
    await incoming.return?.();
  }
}

function recorded({ frames: [first, ...rest] }: RawListener): RecordedCall {
  if (first === undefined || (first.flags & FrameFlag.Header) === 0)
    return { mode: -1, frames: [] };
  const struct = first.payload[0] === 0x7b ? headers.json : headers.xlang;
  return {
    mode: struct.decode(first.payload).serializationMode,
    frames: rest.map(({ flags, payload }) => [flags, payload[0]]),
  };
}
