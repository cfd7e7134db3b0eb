import type { Channel, Connection, ConnectOptions } from "../src/index.ts";
import type { NodePair } from "../src/testing.ts";
import { Recorder } from "./recorder.ts";

export const ALPN = "aster-test/1";

export interface Linked {
  readonly client: Connection;
  readonly server: Connection;
}

/** A connection seen from both sides. */
export async function linked(
  pair: NodePair,
  options: ConnectOptions & { readonly serverRaw?: boolean } = {},
): Promise<Linked> {
  const { serverRaw = options.raw ?? false, ...dial } = options;
  const accepted = pair.server.accept([ALPN], serverRaw ? { raw: [ALPN] } : {});
  const next = accepted.next();
  const client = await pair.client.connect(pair.server.address(), ALPN, dial);
  const { value } = await next;
  return { client, server: value as Connection };
}

export interface Ends {
  readonly near: Channel;
  readonly nearSink: Recorder;
  readonly far: Channel;
  readonly farSink: Recorder;
}

/** One channel seen from both ends; a first frame with flags 1 has gone over it. */
export async function channelOn({ client, server }: Linked): Promise<Ends> {
  const farSink = new Recorder();
  const arrived = acceptOne(server, farSink);
  const nearSink = new Recorder();
  const near = client.open(nearSink);
  near.send(1, Uint8Array.of(1));
  const far = await arrived;
  await farSink.until("the first frame", (self) => self.bytes > 0);
  farSink.frames.length = 0;
  farSink.calls.length = 0;
  farSink.bytes = 0;
  return { near, nearSink, far, farSink };
}

export function acceptOne(server: Connection, sink: Recorder): Promise<Channel> {
  return new Promise((resolve) => {
    server.accept((channel) => {
      channel.read(sink);
      resolve(channel);
    });
  });
}

/** Every channel the peer opens sends back what it gets, and ends when the peer does. */
export function echo(server: Connection): void {
  server.accept((channel) => {
    const sink = new Recorder((flags, payload) => channel.send(flags, payload));
    channel.read(sink);
    sink.untilEnd().then(
      () => channel.end(),
      () => channel.reset(1),
    );
  });
}

/** Bytes that differ from place to place, so that a mix-up shows. */
export function pattern(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 31 + seed * 7) & 0xff;
  return bytes;
}

export async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(); ) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
