import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { cpuShare } from "../support/cpu-share.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { CallProcess, ServeProcess } from "../support/testkit-processes.ts";

const IDLE_SHARE = 0.05;
/** The share of the dial that is measured: starting and ending the process also takes time. */
const MEASURED_SHARE = 0.75;

/**
 * Drops all packets. The dial fails at its time limit with a useful message and uses little CPU
 * time.
 */
export async function unreachable(connectMs: number, idleMs: number) {
  await using network = await ShapedNetwork.open();
  await using server = await ServeProcess.start(network.far);
  await network.shapeBoth({ drop: true });
  const args = ["--connect-ms", String(connectMs), "--idle-ms", String(idleMs), "--expect", "14"];
  await using caller = new CallProcess(network.near, server.address, "echo", args);
  while ((await network.traffic()).up.dropped === 0) await sleep(100);
  const share = await cpuShare(caller.child.pid ?? 0, connectMs * MEASURED_SHARE);
  const { outcomes } = await caller.ended();
  expect(outcomes).toMatchObject([{ code: 14, status: "UNAVAILABLE" }]);
  const [{ ms, message } = { ms: 0, message: "" }] = outcomes;
  expect(Math.abs(ms - connectMs)).toBeLessThanOrEqual(1_000);
  expect(message).toMatch(/firewall/);
  expect(share).toBeLessThan(IDLE_SHARE);
  return { ms, share, message };
}
