import { expect } from "vitest";
import { Patient } from "../support/alive.ts";
import { digestOfReplies, RandomChat } from "../support/random-chat.ts";
import { type Shape, ShapedNetwork } from "../support/shaped-network.ts";
import { Caller, Served } from "../support/testkit.ts";

export interface Lossy {
  /** Of both directions. */
  readonly shape: Shape;
  readonly calls: number;
  readonly concurrency?: number;
  readonly p99Ms?: number;
  readonly maxMs: number;
  /** Also sent and returned as a stream, compared by digest. Default none. */
  readonly streamBytes?: number;
  readonly streamMs?: number;
}

/** Calls over a bad wire: none is lost, they only take longer. */
export async function lossy(row: Lossy) {
  await using network = await ShapedNetwork.open();
  await using server = await Served.start(network.far);
  const patient = await Patient.examine(server);
  await network.shapeBoth(row.shape);
  const { calls, concurrency = 1 } = row;
  const args = ["--n", String(calls), "--concurrency", String(concurrency)];
  await using caller = new Caller(network.near, server.address, "echo", args);
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
  await patient.expectAlive();
  return { p50Ms, p99Ms, maxMs, streamMs, traffic };
}

async function returned(network: ShapedNetwork, server: Served, row: Lossy): Promise<number> {
  using sent = new RandomChat(row.streamBytes ?? 0);
  await using caller = new Caller(network.near, server.address, "chat", ["--request", sent.option]);
  const [outcome] = (await caller.ended()).outcomes;
  expect(outcome).toMatchObject({ code: 0 });
  expect(digestOfReplies(outcome?.replies ?? [])).toBe(sent.digest);
  const ms = outcome?.ms ?? 0;
  if (row.streamMs !== undefined) expect(ms).toBeLessThanOrEqual(row.streamMs);
  return ms;
}
