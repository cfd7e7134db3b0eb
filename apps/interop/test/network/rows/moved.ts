import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { Baseline } from "../support/baseline.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { ServeProcess } from "../support/testkit-processes.ts";
import { Traffic } from "../support/traffic.ts";

const GAP_MS = 10_000;
const IDLE_MS = 15_000;
/**
 * The longest time until both sides detect a lost peer: twice the idle timeout, a keep-alive and a
 * margin.
 */
const DETECTED_MS = 2 * IDLE_MS + 5_000 + 2_000;

/**
 * `client`: the client gets another address. `nat`: the NAT gives it another port without its
 * knowledge.
 */
export type Moving = "client" | "nat";

/**
 * Moves the client. Streams and session continue from the new address. Returns the longest time
 * without an item, in milliseconds.
 */
export async function moved(moving: Moving, lastsMs = 16_000): Promise<number> {
  await using network = await ShapedNetwork.open({ nat: moving === "nat" });
  await using server = await ServeProcess.start(network.far);
  const baseline = await Baseline.of(server);
  await using traffic = await Traffic.start(network.near, server, { lastsMs, idleMs: IDLE_MS });
  await sleep(1_000);
  if (moving === "nat") await network.rebind();
  else await network.near.move("10.77.0.1", "10.77.0.3");
  const silenceMs = await traffic.expectWhole();
  expect(silenceMs).toBeLessThanOrEqual(GAP_MS);
  await server.sessionClosed(5_000);
  await baseline.expectHealthy();
  return silenceMs;
}

/**
 * Moves the server, which announces its new address. Calls of clients that miss the announcement
 * fail with UNAVAILABLE; no call waits forever.
 */
export async function serverMoved(bothMs: number) {
  await using network = await ShapedNetwork.open();
  await using server = await ServeProcess.start(network.far);
  const baseline = await Baseline.of(server);
  const lasts = { lastsMs: bothMs + 20_000, idleMs: IDLE_MS, oneWay: true };
  await using traffic = await Traffic.start(network.near, server, lasts);
  await sleep(1_000);
  await network.far.move("10.77.0.2", "10.77.0.4", bothMs);
  const ending = await traffic.expectClean();
  expect(ending.lostMs).toBeLessThanOrEqual(bothMs + 1_000 + DETECTED_MS);
  await baseline.expectHealthy();
  return ending;
}
