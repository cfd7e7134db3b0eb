// The pair of a server and a client for tests.
import { type AdmissionGate, AsterClient, RpcError, StatusCode } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import type { Node } from "@aster/transport";
import { expect, test, vi } from "vitest";
import { Probe, probe } from "../support/probe.ts";

test.each(["memory", "quic"] as const)("a service pair over %s", async (transport) => {
  const warned = vi.spyOn(process, "emitWarning");
  const pair = await servicePair({ services: [probe()], transport });
  try {
    const { server, client } = pair;
    expect(await client.client(Probe).echo({ text: "x" })).toEqual({ text: "x" });
    expect(client.peer).toBe(server.endpointId);
    expect(warned).not.toHaveBeenCalled();
    const sockets = server.node.address().directAddresses;
    expect(sockets.length).toBe(transport === "quic" ? 1 : 0);
    for (const socket of sockets) expect(socket).toMatch(/^127\.0\.0\.1:/);
  } finally {
    await pair[Symbol.asyncDispose]();
    warned.mockRestore();
  }
  const idle = { connections: 0, channels: 0, nativeHandles: 0 };
  expect(pair.server.stats()).toMatchObject(idle);
  expect(pair.client.node.stats()).toMatchObject(idle);
});

test("passes options to the server and to the client", async () => {
  const seen: string[] = [];
  await using pair = await servicePair({
    services: [probe()],
    interceptors: [
      (call, next) => {
        seen.push(call.side);
        return next(call);
      },
    ],
    client: {
      timeoutMs: 5_000,
      interceptors: [
        (call, next) => {
          seen.push(call.side);
          return next(call);
        },
      ],
    },
  });
  const { text } = await pair.client.client(Probe).context({});
  expect(JSON.parse(text).remainingMs).toBeGreaterThan(1_000);
  expect(seen).toEqual(["client", "server"]);
});

test("rejects and closes the server when the client is not admitted", async () => {
  const connect = vi.spyOn(AsterClient, "connect");
  const gate: AdmissionGate = { open: false, admit: () => ({ admitted: false, reason: "no" }) };
  const error = await servicePair({ services: [probe()], gate }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RpcError);
  expect(error).toMatchObject({ code: StatusCode.UNAUTHENTICATED });
  const node = connect.mock.calls[0]?.[1]?.node as Node;
  connect.mockRestore();
  expect(node.stats()).toMatchObject({ connections: 0, channels: 0 });
});
