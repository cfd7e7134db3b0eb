import { expect } from "vitest";
import { Patient } from "../support/alive.ts";
import { digestOfReplies, RandomChat } from "../support/random-chat.ts";
import { ShapedNetwork } from "../support/shaped-network.ts";
import { Caller, Served } from "../support/testkit.ts";

/**
 * What is sent comes back whole over a wire for short packets only: first neither host knows that those longer than 1300 bytes
 * are lost, then both know that there are none of more than 1280.
 */
export async function narrow(bytes: number) {
  await using network = await ShapedNetwork.open();
  await using server = await Served.start(network.far);
  const patient = await Patient.examine(server);
  await network.shapeBoth({ dropLongerThan: 1300 });
  const silentMs = await returned(network, server, bytes);
  const { up, down } = await network.traffic();
  await network.shapeBoth({});
  await Promise.all([network.near.setMtu(1280), network.far.setMtu(1280)]);
  const mtuMs = await returned(network, server, bytes);
  await patient.expectAlive();
  expect(up.dropped + down.dropped).toBeGreaterThan(0);
  return { silentMs, mtuMs };
}

async function returned(network: ShapedNetwork, server: Served, bytes: number): Promise<number> {
  using sent = new RandomChat(bytes);
  const args = ["--request", sent.option];
  await using caller = new Caller(network.near, server.address, "chat", args);
  const [outcome] = (await caller.ended()).outcomes;
  expect(outcome).toMatchObject({ code: 0 });
  expect(digestOfReplies(outcome?.replies ?? [])).toBe(sent.digest);
  return outcome?.ms ?? 0;
}
