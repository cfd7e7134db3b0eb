import {
  AsterClient,
  type AsterClientOptions,
  defineService,
  RpcError,
  StatusCode,
  unary,
} from "@aster/rpc";
import { createClient, createSession } from "@aster/rpc/client";
import { faults, servicePair } from "@aster/rpc/testing";
import { inProcessConnection } from "@aster/transport";
import { memoryPair } from "@aster/transport/testing";
import { describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { Probe, probe, Text } from "../support/probe.ts";

function invalid(option: string): unknown {
  return expect.objectContaining({
    code: StatusCode.INVALID_ARGUMENT,
    details: { reason: "option.invalid", option },
    rawMessage: expect.stringContaining(`option ${option} `),
  });
}

const wrong = [
  ["timeoutMs", { timeoutMs: 0 }],
  ["timeoutMs", { timeoutMs: Number.NaN }],
  ["compression.thresholdBytes", { compression: { thresholdBytes: -1 } }],
  ["interceptors", { interceptors: [{} as never] }],
  ["reconnect", { reconnect: true as never }],
  ["reconnect.initialBackoffMs", { reconnect: { initialBackoffMs: -1 } }],
  ["reconnect.multiplier", { reconnect: { multiplier: 0.5 } }],
  ["reconnect.jitter", { reconnect: { jitter: 2 } }],
  ["reconnect.connectTimeoutMs", { reconnect: { connectTimeoutMs: Number.NaN } }],
  ["onStateChange", { onStateChange: 1 as never }],
] as const satisfies readonly (readonly [string, AsterClientOptions])[];

describe("AsterClient.connect", () => {
  test.each(wrong)("refuses a bad %s before it dials: %j", async (option, options) => {
    await using pair = await memoryPair();
    pair.client.connect = () => Promise.reject(new Error("dialed"));
    const error = await failure(
      AsterClient.connect(pair.server.id, { node: pair.client, ...options }),
    );
    expect(error).toEqual(invalid(option));
  });

  test("refuses an unknown reconnect option by name", async () => {
    await using pair = await memoryPair();
    const reconnect = { backoff: 1 } as never;
    const dial = AsterClient.connect(pair.server.id, { node: pair.client, reconnect });
    expect((await failure(dial)).message).toMatch(/unknown option reconnect.backoff; use initial/);
  });

  test("refuses an address that cannot be read before it opens a node", async () => {
    const error = await failure(AsterClient.connect("nowhere", { bindAddress: "127.0.0.1:0" }));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
  });
});

test.each(wrong)("servicePair refuses a bad %s of its client: %j", async (option, options) => {
  const error = await failure(servicePair({ services: [probe()], client: options }));
  expect(error).toEqual(invalid(option));
});

test("servicePair refuses an unknown transport", async () => {
  const transport = "carrier pigeon" as never;
  expect(await failure(servicePair({ services: [], transport }))).toEqual(invalid("transport"));
});

describe("clients and sessions", () => {
  const Stateful = defineService("Stateful", { scoped: "session" }, { echo: unary(Text, Text) });
  const { client: connection } = inProcessConnection();

  test.each([
    ["serialization", { serialization: "cbor" as never }],
    ["profile", { profile: "C" as never }],
    ["timeoutMs", { timeoutMs: -1 }],
    ["interceptors", { interceptors: ["x" as never] }],
    ["compression.thresholdBytes", { compression: { thresholdBytes: Number.NaN } }],
  ] as const)("refuse a bad %s when they are made", (option, options) => {
    expect(() => createClient(Probe, connection, options)).toThrow(invalid(option) as RpcError);
    expect(() => createSession(Stateful, connection, options)).toThrow(invalid(option) as RpcError);
  });

  test("refuse rows that are not views", () => {
    const make = () => createClient(Probe, connection, { rows: "all" as "view" });
    expect(make).toThrow(invalid("rows") as RpcError);
  });

  test("of an AsterClient do so too", async () => {
    await using pair = await servicePair({ services: [probe()] });
    expect(() => pair.client.client(Probe, { timeoutMs: 0 })).toThrow(RpcError);
    expect(() => pair.client.proxy("Probe", { timeoutMs: 0 })).toThrow(RpcError);
    const session = pair.client.session("Probe", { cancelTimeoutMs: 0 });
    expect(await failure(session)).toEqual(invalid("cancelTimeoutMs"));
  });
});

test("an AsterClient refuses a bad graceMs, and can still be closed", async () => {
  await using pair = await servicePair({ services: [probe()] });
  expect(await failure(pair.client.close({ graceMs: -1 }))).toEqual(invalid("graceMs"));
  expect(await pair.client.client(Probe).echo({ text: "a" })).toEqual({ text: "a" });
});

test.each([
  ["at", { at: 1.5 }],
  ["times", { times: -1 }],
  ["chance", { chance: 2 }],
  ["do.delayMs", { do: { delayMs: -1 } }],
] as const)("faults refuse a bad %s", (option, fault) => {
  expect(() => faults({ do: "drop", direction: "toServer", ...fault })).toThrow(
    invalid(option) as RpcError,
  );
});
