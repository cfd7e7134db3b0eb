import { expect } from "vitest";
import { Baseline } from "../support/baseline.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { ServeProcess } from "../support/testkit-processes.ts";
import { Traffic } from "../support/traffic.ts";

const KEEP_ALIVE_MS = 5_000;

export interface HalfOpen {
  readonly dead: "up" | "down";
  readonly idleMs: number;
  /** Adds a stream in which only the server sends. Default: false. */
  readonly oneWay?: boolean;
  /** Extra time for a busy machine. Default: 0. */
  readonly slackMs?: number;
}

/**
 * Drops all packets of one direction. Returns the times until the clients and the server have
 * detected it, in milliseconds.
 */
export async function halfOpen({ dead, idleMs, oneWay = false, slackMs = 0 }: HalfOpen) {
  await using network = await ShapedNetwork.open();
  await using server = await ServeProcess.start(network.far, "--idle-ms", String(idleMs));
  const baseline = await Baseline.of(server);
  // the second side counts from the first packet that it sends after the last one it received,
  // which is a keep-alive at the latest
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
  await baseline.expectHealthy();
  expect(server.unseenSessionEnds).toBe(0);
  return { clientMs, serverMs };
}
