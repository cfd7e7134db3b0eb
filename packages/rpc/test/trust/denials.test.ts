// The option `onDenied`: one event per access that a server denied.
import { type AdmissionGate, AsterServer, openGate, RpcError, StatusCode } from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { type Denial, RPC_ALPN } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { loopbackPair, memoryPair } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { collect, failure } from "../support/outcomes.ts";
import { Probe, probe } from "../support/probe.ts";

const closed: AdmissionGate = {
  open: false,
  admit: () => ({ admitted: false, reason: "closed" }),
};

test.each([
  ["memory", memoryPair],
  ["quic", loopbackPair],
])("a connection that gate 0 refuses is reported over %s", async (_, makePair) => {
  const denials: Denial[] = [];
  await using nodes = await makePair();
  await using server = await AsterServer.start({
    services: [probe()],
    gate: closed,
    node: nodes.server,
    onDenied: (denial) => void denials.push(denial),
  });
  const ended = nodes.client.connect(server.address, RPC_ALPN).then(
    (connection) => connection.closed,
    (error: unknown) => error,
  );
  expect(await ended).toMatchObject({ applicationCode: 403 });
  await expect
    .poll(() => denials, { timeout: 5_000 })
    .toEqual([{ gate: 0, peer: nodes.client.id, alpn: RPC_ALPN, cause: "not-admitted", count: 1 }]);
  expect(server.stats()).toMatchObject({ refused: 1, connections: 0, connectionsTotal: 0 });
});

test("an admission that the gate denies is reported", async () => {
  const denials: Denial[] = [];
  const onDenied = (denial: Denial) => void denials.push(denial);
  await failure(servicePair({ services: [probe()], gate: closed, onDenied }));
  expect(denials).toMatchObject([{ gate: 1 }]);
});

test("a call that an interceptor ends is reported, no other failure", async () => {
  const denials: Denial[] = [];
  const refuse: Interceptor = async (call, next) => {
    if (call.method === "crash") throw new RpcError(StatusCode.PERMISSION_DENIED, "not you");
    if (call.method === "wrong") throw new Error("a fault");
    if (call.method === "context") return { text: "an answer of the interceptor" };
    if (call.method === "deaf") return new Promise(() => {});
    return next(call);
  };
  await using pair = await servicePair({
    services: [probe()],
    gate: openGate(),
    interceptors: [refuse],
    onDenied: (denial) => void denials.push(denial),
    onError: () => {},
  });
  const remote = pair.client.client(Probe);
  await failure(remote.fail({ code: StatusCode.PERMISSION_DENIED, message: "", after: 0 }));
  await failure(collect(remote.countThenFail({ code: 7, message: "", after: 1 })));
  await failure(remote.deaf({ n: 1 }, { timeoutMs: 50 }));
  await remote.context({});
  expect(denials).toEqual([]);
  const error = await failure(remote.crash({}));
  const peer = pair.client.node.id;
  const denied = { gate: 2, peer, cause: "interceptor" };
  expect(denials).toEqual([
    { ...denied, method: "Probe.crash", error: expect.objectContaining({ code: error.code }) },
  ]);
  await failure(remote.wrong({}));
  expect(denials[1]).toEqual({ ...denied, method: "Probe.wrong", error: undefined });
});

test("a callback that fails changes nothing", async () => {
  const faults: string[] = [];
  const onDenied = () => {
    throw new Error("a failing log");
  };
  const onError = ({ method }: { method: string }) => void faults.push(method);
  await failure(servicePair({ services: [probe()], gate: closed, onDenied, onError }));
  expect(faults).toEqual(["onDenied"]);
});
