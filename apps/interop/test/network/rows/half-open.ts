import { expect } from "vitest";
import { Patient } from "../support/alive.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { Served } from "../support/testkit.ts";
import { Traffic } from "../support/traffic.ts";

const KEEP_ALIVE_MS = 5_000;

export interface HalfOpen {
  readonly dead: "up" | "down";
  readonly idleMs: number;
  /** Also a stream in which only the server speaks. Default false. */
  readonly oneWay?: boolean;
  /** For a machine that has much else to do. Default 0. */
  readonly slackMs?: number;
}

/** One direction of the wire is dead: when the clients and the server have concluded, in milliseconds from then. */
export async function halfOpen({ dead, idleMs, oneWay = false, slackMs = 0 }: HalfOpen) {
  await using network = await ShapedNetwork.open();
  await using server = await Served.start(network.far, "--idle-ms", String(idleMs));
  const patient = await Patient.examine(server);
  // the second side waits from the first packet on that it sends after the last it got: a keep-alive at the latest
  const withinMs = 2 * idleMs + Math.min(KEEP_ALIVE_MS, idleMs / 3) + 2_000 + slackMs;
  await using traffic = await Traffic.start(network.near, server, {
    lastsMs: 600_000,
    idleMs,
    oneWay,
  });
  const started = performance.now();
  const since = () => performance.now() - started;
  await network.shape({ [dead]: { drop: true } });
  const [clientMs, serverMs] = await Promise.all([
    traffic.expectLost().then(since),
    Promise.all([
      oneWay ? server.aborted("count", withinMs + 1_000) : undefined,
      server.aborted("chat", withinMs + 1_000),
      server.sessionClosed(withinMs + 1_000),
    ]).then(since),
  ]);
  expect(clientMs).toBeLessThanOrEqual(withinMs);
  expect(serverMs).toBeLessThanOrEqual(withinMs);
  await network.shapeBoth({});
  await patient.expectAlive();
  expect(server.unseenSessionEnds).toBe(0);
  return { clientMs, serverMs };
}
