import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { Patient } from "../support/alive.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { Served } from "../support/testkit.ts";
import { Traffic } from "../support/traffic.ts";

const GAP_MS = 10_000;
const IDLE_MS = 15_000;

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
