import type { ServiceDefinition } from "@aster/contract";
import { type Client, createClient, RPC_ALPN, type SerializationMode } from "@aster/rpc";
import { FrameFlag } from "@aster/transport";
import type { NodePair } from "@aster/transport/testing";
import { headers } from "./protocol.ts";
import { RawListener } from "./raw-listener.ts";

/** How a call began: the mode its header names, and the frames after it by flags and first byte. */
export interface WireForm {
  readonly mode: number;
  readonly frames: readonly (readonly [flags: number, first: number | undefined])[];
}

export interface FormOptions {
  readonly serialization?: SerializationMode;
  readonly profile?: "A" | "B";
  readonly peerModes?: readonly string[];
}

/** Lets a client call somebody who only listens, until `frames` frames have come after the header. */
export async function formOnWire<T extends ServiceDefinition>(
  nodes: NodePair,
  service: T,
  options: FormOptions,
  call: (client: Client<T>) => unknown,
  frames = 1,
): Promise<WireForm> {
  const incoming = nodes.server.accept([RPC_ALPN], { raw: [RPC_ALPN] });
  const [mine, step] = await Promise.all([
    nodes.client.connect(nodes.server.address(), RPC_ALPN),
    incoming.next(),
  ]);
  try {
    const listener = new RawListener();
    if (!step.done) step.value.accept((channel) => channel.read(listener));
    const client = createClient(service as never, mine, options) as unknown as Client<T>;
    const over = Promise.resolve(call(client)).catch(() => {});
    for (let left = 1000; left > 0 && listener.frames.length <= frames; left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    mine.close();
    await over;
    return formOf(listener);
  } finally {
    mine.close();
    await incoming.return?.();
  }
}

function formOf({ frames: [first, ...rest] }: RawListener): WireForm {
  if (first === undefined || (first.flags & FrameFlag.Header) === 0)
    return { mode: -1, frames: [] };
  const struct = first.payload[0] === 0x7b ? headers.json : headers.xlang;
  return {
    mode: struct.decode(first.payload).serializationMode,
    frames: rest.map(({ flags, payload }) => [flags, payload[0]]),
  };
}
