// Idle timeout and keep-alive of nodes.
import { AsterClient, AsterServer, openGate, StatusCode } from "@aster/rpc";
import * as transport from "@aster/transport";
import { expect, test, vi } from "vitest";
import { holdNode } from "../../src/peer/own-node.ts";
import { probe } from "../support/probe.ts";
import { wireTap } from "../support/wire-tap.ts";

vi.mock("@aster/transport", async (original) => {
  const module = await original<typeof transport>();
  return { ...module, createNode: vi.fn(module.createNode) };
});

const services = [probe()];
const gate = openGate();

test("passes times to a new node", async () => {
  const created = vi.mocked(transport.createNode);
  const options = async (choice: Parameters<typeof holdNode>[0]) => {
    const { node } = await holdNode({ network: "none", bindAddress: "127.0.0.1:0", ...choice });
    await node.close();
    return created.mock.lastCall?.[0];
  };
  expect(await options({})).toMatchObject({ idleTimeoutMs: 30_000, keepAliveMs: 5_000 });
  const times = { idleTimeoutMs: 5_000, keepAliveMs: 700 };
  expect(await options(times)).toMatchObject(times);
  // the options of the node itself take precedence
  const own = { idleTimeoutMs: 2_000 };
  expect(await options({ ...times, node: own })).toMatchObject({ ...times, ...own });
});

test.each([
  { idleTimeoutMs: 4_999 },
  { idleTimeoutMs: 5_000.5 },
  { idleTimeoutMs: Number.POSITIVE_INFINITY },
  { keepAliveMs: 0 },
  { keepAliveMs: Number.NaN },
])("%j is refused, by servers and clients", async (times) => {
  const [[name = "", value = 0] = []] = Object.entries(times);
  const refused = {
    code: StatusCode.INVALID_ARGUMENT,
    message: expect.stringMatching(new RegExp(`${name} must be .*, got ${value}$`)),
  };
  await expect(AsterServer.start({ services, gate, ...times })).rejects.toMatchObject(refused);
  const peer = { endpointId: transport.endpointIdOf(transport.generateSecretKey()) };
  const address = { ...peer, directAddresses: [] };
  await expect(AsterClient.connect(address, times)).rejects.toMatchObject(refused);
});

test("an idle connection sends keep-alives, and is lost at the idle timeout", async () => {
  const network = "none";
  await using server = await AsterServer.start({
    services,
    gate,
    network,
    bindAddress: "[::1]:0",
    idleTimeoutMs: 5_000,
  });
  const { endpointId, directAddresses } = server.node.address();
  const tap = await wireTap(directAddresses[0] ?? "");
  const address = { endpointId, directAddresses: [tap.address] };
  await using client = await AsterClient.connect(address, {
    network,
    bindAddress: "127.0.0.1:0",
    keepAliveMs: 50,
  });
  const before = tap.datagrams.length;
  await expect.poll(() => tap.datagrams.length - before, { timeout: 4_000 }).toBeGreaterThan(20);
  expect(client.state).toBe("connected");
  await tap[Symbol.asyncDispose]();
  await expect.poll(() => client.state, { timeout: 15_000 }).toBe("disconnected");
});
