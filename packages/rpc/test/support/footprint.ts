// The memory of a server and a client over QUIC, which must not grow with the calls.
import { setTimeout as sleep } from "node:timers/promises";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Client, defineService, implement, RpcError, StatusCode, unary } from "@aster/rpc";
import { type ServicePair, servicePair } from "@aster/rpc/testing";
import { expect } from "vitest";
import { Text } from "./probe.ts";

const MIB = 1024 * 1024;
const CONCURRENCY = 64;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const Lasting = defineService("Lasting", {}, { echo: unary(Text, Text), wait: unary(Text, Text) });
const lasting = implement(Lasting, {
  echo: (text) => text,
  async wait(text, { signal }) {
    await sleep(60_000, undefined, { signal });
    return text;
  },
});

type LastingClient = Client<typeof Lasting>;

export interface Footprint {
  /** Memory of the process without the heap of JavaScript, whose size V8 chooses. */
  readonly nativeMib: number;
  /** Used memory of the heap of JavaScript. */
  readonly heapMib: number;
  readonly nativeHandles: number;
  readonly channels: number;
  readonly calls: number;
}

/** Repeats a task, `CONCURRENCY` at a time. */
async function repeat(times: number, work: () => Promise<void>): Promise<void> {
  let left = times;
  const worker = async () => {
    for (; left > 0; left -= 1) await work();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

async function cancelled(client: LastingClient): Promise<void> {
  const abort = new AbortController();
  const call = client.wait({}, { signal: abort.signal });
  setTimeout(() => abort.abort(), Math.random() * 10);
  const error: unknown = await call.catch((reason) => reason);
  // vitest would keep each expectation in memory, which is measured here
  if (error instanceof RpcError && error.is(StatusCode.CANCELLED)) return;
  throw new Error("a cancelled call ended otherwise", { cause: error });
}

async function calls(client: LastingClient, unary: number, given: number): Promise<void> {
  await repeat(unary, async () => {
    const { text } = await client.echo({ text: "hello" });
    if (text !== "hello") throw new Error(`"hello" came back as ${text}`);
  });
  await repeat(given, () => cancelled(client));
}

/** Measures after all calls have ended. Fails when one does not end. */
async function footprint({ server, client }: ServicePair): Promise<Footprint> {
  await expect.poll(() => server.stats().calls, { timeout: 5000 }).toBe(0);
  await expect.poll(() => server.stats().channels, { timeout: 5000 }).toBe(0);
  await expect.poll(() => client.node.stats().channels, { timeout: 5000 }).toBe(0);
  for (let round = 0; round < 3; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed } = process.memoryUsage();
  const heap = getHeapSpaceStatistics().reduce((sum, space) => sum + space.physical_space_size, 0);
  return {
    nativeMib: (rss - heap) / MIB,
    heapMib: heapUsed / MIB,
    nativeHandles: server.stats().nativeHandles + client.node.stats().nativeHandles,
    channels: server.stats().channels + client.node.stats().channels,
    calls: server.stats().calls,
  };
}

/**
 * Returns the footprint after a warm-up, and after each of `rounds` equal parts of that many calls
 * and cancelled calls.
 */
export async function footprints(
  unary: number,
  given: number,
  rounds: number,
): Promise<readonly Footprint[]> {
  const limits = { maxResets: Number.POSITIVE_INFINITY, maxCallsPerPeer: 1024 };
  await using pair = await servicePair({ services: [lasting], transport: "quic", limits });
  const client = pair.client.client(Lasting);
  await calls(client, 20_000, 1000);
  const taken = [await footprint(pair)];
  for (let round = 0; round < rounds; round += 1) {
    await calls(client, unary / rounds, given / rounds);
    taken.push(await footprint(pair));
  }
  return taken;
}

/** Expects memory that does not grow, up to the reserves of allocators, and no open objects. */
export function expectFlat(taken: readonly Footprint[]): void {
  const [first, ...later] = taken;
  if (first === undefined) throw new Error("nothing was measured");
  for (const print of later) {
    expect(print.nativeMib - first.nativeMib).toBeLessThan(16);
    expect(print.heapMib - first.heapMib).toBeLessThan(2);
    expect(print).toMatchObject({ nativeHandles: first.nativeHandles, channels: 0, calls: 0 });
  }
}
