import { expect } from "vitest";
import { Baseline } from "../support/baseline.ts";
import { digestOfReplies, RandomChat } from "../support/random-chat.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { CallProcess, ServeProcess } from "../support/testkit-processes.ts";

/**
 * Sends and returns bytes over a wire for short packets. First packets longer than 1300 bytes are
 * dropped without notice, then both hosts have an MTU of 1280.
 */
export async function narrow(bytes: number) {
  await using network = await ShapedNetwork.open();
  await using server = await ServeProcess.start(network.far);
  const baseline = await Baseline.of(server);
  await network.shapeBoth({ dropLongerThan: 1300 });
  const silentMs = await returned(network, server, bytes);
  const { up, down } = await network.traffic();
  await network.shapeBoth({});
  await Promise.all([network.near.setMtu(1280), network.far.setMtu(1280)]);
  const mtuMs = await returned(network, server, bytes);
  await baseline.expectHealthy();
  expect(up.dropped + down.dropped).toBeGreaterThan(0);
  return { silentMs, mtuMs };
}

async function returned(
  network: ShapedNetwork,
  server: ServeProcess,
  bytes: number,
): Promise<number> {
  using sent = new RandomChat(bytes);
  const args = ["--request", sent.option];
  await using caller = new CallProcess(network.near, server.address, "chat", args);
  const [outcome] = (await caller.ended()).outcomes;
  expect(outcome).toMatchObject({ code: 0 });
  expect(digestOfReplies(outcome?.replies ?? [])).toBe(sent.digest);
  return outcome?.ms ?? 0;
}
