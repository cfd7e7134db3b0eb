import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { Patient } from "../support/alive.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { Served } from "../support/testkit.ts";
import { Traffic } from "../support/traffic.ts";

const GAP_MS = 10_000;
const IDLE_MS = 15_000;
/** Twice the idle timeout, a keep-alive, and some. */
const CONCLUDED_MS = 2 * IDLE_MS + 5_000 + 2_000;

/** `client`: it has another address. `nat`: it has for the server, and does not know. */
export type Moving = "client" | "nat";

/** The streams and the session go on from the new address; the longest silence, in milliseconds. */
export async function moved(moving: Moving, lastsMs = 16_000): Promise<number> {
  await using network = await ShapedNetwork.open({ nat: moving === "nat" });
  await using server = await Served.start(network.far);
  const patient = await Patient.examine(server);
  await using traffic = await Traffic.start(network.near, server, { lastsMs, idleMs: IDLE_MS });
  await sleep(1_000);
  if (moving === "nat") await network.rebind();
  else await network.near.move("10.77.0.1", "10.77.0.3");
  const silenceMs = await traffic.expectWhole();
  expect(silenceMs).toBeLessThanOrEqual(GAP_MS);
  await server.sessionClosed(5_000);
  await patient.expectAlive();
  return silenceMs;
}

/**
 * The server has another address. It tells its clients, and often they go on; those that do not hear of it are told that it is
 * lost, and nobody waits for ever.
 */
export async function serverMoved(bothMs: number) {
  await using network = await ShapedNetwork.open();
  await using server = await Served.start(network.far);
  const patient = await Patient.examine(server);
  const lasts = { lastsMs: bothMs + 20_000, idleMs: IDLE_MS, oneWay: true };
  await using traffic = await Traffic.start(network.near, server, lasts);
  await sleep(1_000);
  await network.far.move("10.77.0.2", "10.77.0.4", bothMs);
  const ending = await traffic.expectClean();
  expect(ending.lostMs).toBeLessThanOrEqual(bothMs + 1_000 + CONCLUDED_MS);
  await patient.expectAlive();
  return ending;
}
