import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { Baseline } from "../support/baseline.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { ServeProcess } from "../support/testkit-processes.ts";
import { Traffic } from "../support/traffic.ts";

const AFTER_MS = 3_000;

export interface Outage {
  readonly idleMs: number;
  readonly outageMs: number;
  /** `unplugged`: the client's interface is down. `cut`: the wire drops all packets. */
  readonly kind: "unplugged" | "cut";
}

/**
 * Interrupts the link for less than the idle timeout. Everything continues. Returns the time from
 * the return of the link until then, in milliseconds.
 */
export async function survivedOutage(row: Outage): Promise<number> {
  await using network = await ShapedNetwork.open();
  const { idleMs, outageMs } = row;
  await using server = await ServeProcess.start(network.far, "--idle-ms", String(idleMs));
  const baseline = await Baseline.of(server);
  const lastsMs = outageMs + AFTER_MS;
  await using traffic = await Traffic.start(network.near, server, { lastsMs, idleMs });
  await interrupt(network, row);
  const silenceMs = await traffic.expectWhole();
  expect(silenceMs).toBeGreaterThan(outageMs / 2);
  await server.sessionClosed(5_000);
  await baseline.expectHealthy();
  expect(server.unseenSessionEnds).toBe(0);
  return silenceMs - outageMs;
}

/**
 * Interrupts the link for longer than the idle timeout. Both sides report the loss once, and the
 * server serves new clients when the link is back.
 */
export async function fatalOutage(row: Outage): Promise<void> {
  await using network = await ShapedNetwork.open();
  const { idleMs } = row;
  await using server = await ServeProcess.start(network.far, "--idle-ms", String(idleMs));
  const baseline = await Baseline.of(server);
  await using traffic = await Traffic.start(network.near, server, { lastsMs: 600_000, idleMs });
  await Promise.all([interrupt(network, row), traffic.expectLost()]);
  await Promise.all([server.aborted("chat", 1_000), server.sessionClosed(1_000)]);
  await baseline.expectHealthy();
  expect(server.unseenSessionEnds).toBe(0);
}

async function interrupt(network: ShapedNetwork, { kind, outageMs }: Outage): Promise<void> {
  if (kind === "unplugged") await network.near.unplug();
  else await network.shapeBoth({ drop: true });
  await sleep(outageMs);
  if (kind === "unplugged") await network.near.plug();
  else await network.shapeBoth({});
}
