import { expect } from "vitest";
import { ShapedNetwork } from "../../network/support/shaped-network.ts";
import { PeerProcess } from "./peer-process.ts";

/** 40 ms round trip and 2 % of loss each way. */
const SHAPE = { delayMs: 20, loss: 0.02 };
const ITEM_BYTES = 32_768;
const ITEMS_BEFORE = 20;

export interface BesideBulk {
  readonly calls: number;
  /** The share of calls whose times are compared. */
  readonly share: number;
  /** The times beside the stream are at most so many times as long. */
  readonly factor: number;
}

/**
 * Measures small calls over a wire with loss, alone and beside a stream of large items on the same
 * connection. Lost packets of the stream hold up no others.
 */
export async function besideBulk({ calls, share, factor }: BesideBulk) {
  await using network = await ShapedNetwork.open();
  await using server = new PeerProcess((...command) => network.far.run(...command));
  await using client = new PeerProcess((...command) => network.near.run(...command));
  const { address } = await server.ask("serve", { network: "none" });
  await client.ask("connect", { address, network: "none" });
  await network.shapeBoth(SHAPE);
  const timeoutMs = 2_000 * calls;
  const aloneMs = slowest(await client.ask("times", calls, timeoutMs), share);
  await client.ask("count", { everyMs: 0, bytes: ITEM_BYTES });
  const items = async () => (await client.ask("counted", null)).items;
  await expect.poll(items, { timeout: 60_000 }).toBeGreaterThan(ITEMS_BEFORE);
  const before = await items();
  const besideMs = slowest(await client.ask("times", calls, timeoutMs), share);
  const streamed = (await items()) - before;
  expect(streamed).toBeGreaterThan(ITEMS_BEFORE);
  expect(await client.ask("counted", null)).toMatchObject({ inOrder: true, ended: null });
  expect(besideMs).toBeLessThanOrEqual(factor * aloneMs);
  return { aloneMs, besideMs, streamedBytes: streamed * ITEM_BYTES };
}

/** Returns the time that this share of the calls did not exceed. */
function slowest(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}
