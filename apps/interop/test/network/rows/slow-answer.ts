import { expect } from "vitest";
import { Baseline } from "../support/baseline.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { CallProcess, ServeProcess } from "../support/testkit-processes.ts";

/** Below the threshold of compression, which would shrink the zeros. */
const ITEM_BYTES = 4_000;
const EARLY_OR_LATE_MS = 500;

/**
 * Requests an answer that is too long for the wire. The deadline ends the call; others are answered
 * meanwhile.
 */
export async function slowAnswer(kbitPerS: number, bytes: number, deadlineMs: number) {
  await using network = await ShapedNetwork.open();
  await using server = await ServeProcess.start(network.far);
  const baseline = await Baseline.of(server);
  await network.shape({ down: { kbitPerS } });
  const request = JSON.stringify({ end: Math.ceil(bytes / ITEM_BYTES), size: ITEM_BYTES });
  const args = [
    "--request",
    request,
    "--deadline-ms",
    String(deadlineMs),
    "--trace",
    "--expect",
    "4",
  ];
  await using caller = new CallProcess(network.near, server.address, "count", args);
  await caller.reply();
  await using control = new CallProcess(server.host, server.address, "echo", ["--n", "20"]);
  expect((await control.ended()).summary).toMatchObject({ ok: 20 });
  const { outcomes, arrivals } = await caller.ended();
  expect(outcomes).toMatchObject([{ code: 4, status: "DEADLINE_EXCEEDED" }]);
  const ms = outcomes[0]?.ms ?? 0;
  expect(Math.abs(ms - deadlineMs)).toBeLessThanOrEqual(EARLY_OR_LATE_MS);
  await network.shapeBoth({});
  await baseline.expectHealthy();
  return { ms, bytes: arrivals.length * ITEM_BYTES };
}
