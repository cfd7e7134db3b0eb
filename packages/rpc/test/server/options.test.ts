// Bad option values are refused with one error before anything is opened.
import {
  AsterServer,
  type AsterServerOptions,
  createLocalClient,
  openGate,
  RpcError,
  StatusCode,
} from "@aster/rpc";
import { type RpcLimits, Server } from "@aster/rpc/server";
import * as transport from "@aster/transport";
import { memoryNetwork } from "@aster/transport";
import { describe, expect, test, vi } from "vitest";
import { Backoff } from "../../src/reconnect/backoff.ts";
import { failure } from "../support/outcomes.ts";
import { Probe, probe } from "../support/probe.ts";

vi.mock("@aster/transport", async (original) => {
  const module = await original<typeof transport>();
  return { ...module, createNode: vi.fn(module.createNode) };
});

const services = [probe()];
const gate = openGate();

type Bad = readonly [option: string, options: Partial<AsterServerOptions>, text: string];

const bad: Bad[] = [
  ["limits.maxCalls", { limits: { maxCalls: -1 } }, "a non-negative number, got -1"],
  [
    "limits.sessionIdleMs",
    { limits: { sessionIdleMs: Number.NaN } },
    "a non-negative number of milliseconds, got NaN",
  ],
  [
    "limits.maxMessageBytes",
    { limits: { maxMessageBytes: 2 ** 24 + 1 } },
    "a number from 0 to 16777216, got 16777217",
  ],
  ["idleTimeoutMs", { idleTimeoutMs: 100 }, "an integer from 5000 to 2147483647, got 100"],
  [
    "node.idleTimeoutMs",
    { node: { idleTimeoutMs: 100 } },
    "an integer from 1000 to 2147483647, got 100",
  ],
  ["node.maxChannels", { node: { maxChannels: 0 } }, "an integer from 1 to 65536, got 0"],
  ["secretKey", { secretKey: new Uint8Array(31) }, "32 bytes, got 31 bytes"],
  [
    "bindAddress",
    { bindAddress: "localhost" },
    'an address ip:port or [ipv6]:port, got "localhost"',
  ],
  [
    "bindAddress",
    { bindAddress: "127.0.0.1:70000" },
    'an address ip:port or [ipv6]:port, got "127.0.0.1:70000"',
  ],
  [
    "network",
    { network: "n1" as "n0" },
    '"n0", "staging", "none" or { relays, pkarr, dnsOrigin, nameserver }, got "n1"',
  ],
  [
    "network",
    { network: { relays: ["nowhere"] } },
    '"n0", "staging", "none" or { relays, pkarr, dnsOrigin, nameserver }, got a value of type object',
  ],
  ["healthPort", { healthPort: 70_000 }, "an integer from 0 to 65535, got 70000"],
  ["healthPort", { healthPort: { port: 1.5 } }, "an integer from 0 to 65535, got 1.5"],
];

test.each(bad)("%s: refuses %j before a node is opened", async (option, options, text) => {
  const created = vi.mocked(transport.createNode);
  created.mockClear();
  const error = await AsterServer.start({ services, gate, ...options }).catch((reason) => reason);
  expect(error).toBeInstanceOf(RpcError);
  expect(error).toMatchObject({
    code: StatusCode.INVALID_ARGUMENT,
    rawMessage: `option ${option} must be ${text}`,
    details: { reason: "option.invalid", option },
  });
  expect(created).not.toHaveBeenCalled();
});

test("refuses an unknown limit and lists the limits", () => {
  expect(() => new Server({ services, limits: { maxCall: 1 } as never })).toThrow(
    /^INVALID_ARGUMENT: unknown option limits.maxCall; use maxMessageBytes, /,
  );
});

const notServices: [name: string, value: unknown, text: RegExp][] = [
  ["a date", new Date(), /^option services\[1\]: Date is not a service; wrap .* in implement\(/],
  ["an empty object", {}, /^option services\[1\]: Object is not a service; wrap .* in implement\(/],
  ["a plain class", class Plain {}, /^option services\[1\]: Plain is not a service; wrap /],
  [
    "a definition",
    Probe,
    /: Probe is a definition without handlers; wrap it in implement\(Probe, /,
  ],
  ["null", null, /^option services\[1\] must be a service: wrap .*, got null$/],
  ["text", "Probe", /^option services\[1\] must be a service: wrap .*, got "Probe"$/],
];

test.each(notServices)("refuses %s as a service and names its index", async (_, value, text) => {
  const services = [probe(), value as object];
  await expect(AsterServer.start({ services, gate })).rejects.toMatchObject({
    code: StatusCode.INVALID_ARGUMENT,
    rawMessage: expect.stringMatching(text),
    details: { reason: "option.invalid", option: "services[1]" },
  });
});

test("refuses services that are not a list", async () => {
  for (const services of [undefined, probe(), "Probe"]) {
    const start = AsterServer.start({ services: services as never, gate });
    await expect(start).rejects.toMatchObject({
      code: StatusCode.INVALID_ARGUMENT,
      rawMessage: expect.stringMatching(/^option services must be a list of services, got /),
    });
  }
});

test("refuses a drain with a negative graceMs and closes nothing", async () => {
  const node = await memoryNetwork().createNode();
  await using server = await AsterServer.start({ services, gate, node });
  const refused = { code: StatusCode.INVALID_ARGUMENT, details: { option: "graceMs" } };
  await expect(server.drain({ graceMs: -1 })).rejects.toMatchObject(refused);
  await expect(server.server.drain({ graceMs: Number.NaN })).rejects.toMatchObject(refused);
  expect(server.health.status()).toBe("SERVING");
  expect(await server.drain({ graceMs: Number.POSITIVE_INFINITY })).toBe(true);
  await node.close();
});

test("options that are undefined keep their defaults", async () => {
  const server = new Server({ services: [probe()], limits: { maxCalls: undefined } });
  expect(server.limits.maxCalls).toBe(4096);
  const unset = { timeoutMs: undefined, signal: undefined, metadata: undefined };
  const client = createLocalClient(Probe, server, { timeoutMs: undefined, limits: undefined });
  expect(await client.echo({ text: "x" }, unset)).toEqual({ text: "x" });
  expect(new Backoff({ jitter: undefined, connectTimeoutMs: undefined }).options.jitter).toBe(0.2);
});

describe("a limit of 0 or few", () => {
  const client = (limits: Partial<RpcLimits>) =>
    createLocalClient(Probe, new Server({ services: [probe()], limits }));

  test.each(["maxCalls", "maxCallsPerConnection", "maxHeaderBytes", "maxMessageBytes"] as const)(
    "refuses every call: %s",
    async (limit) => {
      const error = await failure(client({ [limit]: 0 }).echo({ text: "x" }));
      expect(error.code).toBe(StatusCode.RESOURCE_EXHAUSTED);
    },
  );

  test.each(["maxQueuedItems", "maxQueuedBytes"] as const)(
    "buffers one message: %s",
    async (limit) => {
      const numbers = [{ n: 1 }, { n: 2 }, { n: 3 }];
      expect(await client({ [limit]: 0 }).sum(numbers)).toEqual({ total: 6, items: 3 });
    },
  );

  test.each([
    [0, ""],
    [2, ".."],
    [5, "co..."],
  ])("cuts status messages: maxStatusMessageChars %i", async (maxStatusMessageChars, message) => {
    const call = client({ maxStatusMessageChars }).fail({
      code: 10,
      message: "conflict",
      after: 0,
    });
    expect((await failure(call)).rawMessage).toBe(message);
  });

  test("leaves a handler no time: handlerTimeoutMs", async () => {
    const call = client({ handlerTimeoutMs: 0 }).sleep({ n: 1_000 });
    expect((await failure(call)).code).toBe(StatusCode.DEADLINE_EXCEEDED);
  });
});
