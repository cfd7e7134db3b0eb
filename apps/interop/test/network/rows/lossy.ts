import { expect } from "vitest";
import { Baseline } from "../support/baseline.ts";
import { digestOfReplies, RandomChat } from "../support/random-chat.ts";
import { type Shape, ShapedNetwork } from "../support/shaped-network.ts";
import { CallProcess, ServeProcess } from "../support/testkit-processes.ts";

export interface Lossy {
  /** The faults of both directions. */
  readonly shape: Shape;
  readonly calls: number;
  readonly concurrency?: number;
  readonly p99Ms?: number;
  readonly maxMs: number;
  /**
   * The size of a stream that is also sent and returned, compared by digest. Default: no stream.
   */
  readonly streamBytes?: number;
  readonly streamMs?: number;
}

/** Makes calls over a faulty wire. All succeed, but take longer. */
export async function lossy(row: Lossy) {
  await using network = await ShapedNetwork.open();
  await using server = await ServeProcess.start(network.far);
  const baseline = await Baseline.of(server);
  await network.shapeBoth(row.shape);
  const { calls, concurrency = 1 } = row;
  const args = ["--n", String(calls), "--concurrency", String(concurrency)];
  await using caller = new CallProcess(network.near, server.address, "echo", args);
  const run = await caller.ended();
  expect(run.errors).toBe("");
  expect(run.summary).toMatchObject({ ok: calls, failed: 0 });
  const { p50Ms, p99Ms } = run.summary;
  const maxMs = Math.max(...run.outcomes.map(({ ms }) => ms));
  expect(maxMs).toBeLessThanOrEqual(row.maxMs);
  expect(p99Ms).toBeLessThanOrEqual(row.p99Ms ?? row.maxMs);
  const streamMs = row.streamBytes === undefined ? 0 : await returned(network, server, row);
  const traffic = await network.traffic();
  await network.shapeBoth({});
  await baseline.expectHealthy();
  return { p50Ms, p99Ms, maxMs, streamMs, traffic };
}

async function returned(network: ShapedNetwork, server: ServeProcess, row: Lossy): Promise<number> {
  using sent = new RandomChat(row.streamBytes ?? 0);
  await using caller = new CallProcess(network.near, server.address, "chat", [
    "--request",
    sent.option,
  ]);
  const [outcome] = (await caller.ended()).outcomes;
  expect(outcome).toMatchObject({ code: 0 });
  expect(digestOfReplies(outcome?.replies ?? [])).toBe(sent.digest);
  const ms = outcome?.ms ?? 0;
  if (row.streamMs !== undefined) expect(ms).toBeLessThanOrEqual(row.streamMs);
  return ms;
}
