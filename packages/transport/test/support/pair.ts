import type { Channel, Connection, ConnectOptions } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { Recorder } from "./recorder.ts";

export const ALPN = "aster-test/1";

export interface Connected {
  readonly client: Connection;
  readonly server: Connection;
}

/** Connects the pair. Returns the connection as both sides see it. */
export async function connected(
  pair: NodePair,
  options: ConnectOptions & { readonly serverRaw?: boolean } = {},
): Promise<Connected> {
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

/** Opens a channel and sends a first frame with flags 1. Returns both of its ends. */
export async function channelOn({ client, server }: Connected): Promise<Ends> {
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

/** Echoes the frames of every channel that the peer opens, and ends when the peer does. */
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

/** Returns bytes that depend on their position and on `seed`, so that a mix-up shows. */
export function pattern(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 31 + seed * 7) & 0xff;
  return bytes;
}

/** Waits until `holds` returns true. Fails after 10 s. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(); ) {
    if (Date.now() > deadline) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
