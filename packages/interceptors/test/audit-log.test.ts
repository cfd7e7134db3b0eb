import {
  type AuditedCall,
  type AuditRecord,
  type CallContext,
  createLocalClient,
  Metadata,
  RpcError,
  StatusCode,
} from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { auditLog } from "../src/audit-log.ts";
import { fakeCall, fakeStream } from "./fake-call.ts";
import { Counter, counterService, Numbers, numbersService, pass } from "./numbers.ts";

let records: AuditRecord[];
const audit = auditLog({ sink: (record) => records.push(record) });

beforeEach(() => {
  records = [];
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("writes one record per call, without its contents", async () => {
  using clock = fakeClock();
  const time = new Date(clock.epochMs).toISOString();
  const call = fakeCall({
    request: { password: "secret" },
    metadata: Metadata.from({ authorization: "secret" }),
    attempt: 2,
  });
  await audit(call, async () => {
    await clock.advance(7);
    return { token: "secret" };
  });
  expect(records).toEqual([
    {
      event: "call",
      time,
      side: "client",
      peer: "ab".repeat(32),
      service: "Echo",
      method: "say",
      pattern: "unary",
      code: 0,
      status: "OK",
      durationMs: 7,
      requests: 1,
      responses: 1,
      attempt: 2,
    },
  ]);
});

test("records the code of a failed call and not its text", async () => {
  const failing = audit(fakeCall(), () =>
    Promise.reject(new RpcError(StatusCode.PERMISSION_DENIED, "secret")),
  );
  await expect(failing).rejects.toThrow("secret");
  expect(records).toMatchObject([{ code: 7, status: "PERMISSION_DENIED", responses: 0 }]);
  expect(JSON.stringify(records)).not.toContain("secret");
});

test("writes the record of a stream once, at its end", async () => {
  const stream = await audit(fakeCall({ pattern: "bidi_stream" }), async () => fakeStream());
  const messages = stream as AsyncIterable<number>;
  const iterator = messages[Symbol.asyncIterator]();
  await iterator.next();
  expect(records).toEqual([]);
  await iterator.return?.();
  await iterator.return?.();
  expect(records).toMatchObject([{ code: StatusCode.CANCELLED, responses: 1 }]);
});

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test.each(["client", "server", "audit"] as const)(
    "records every pattern and sessions, as %s",
    async (place) => {
      const services = [numbersService(), counterService()];
      await using pair = await servicePair({
        transport,
        services,
        ...(place === "server" ? { interceptors: [audit] } : {}),
        ...(place === "audit" ? { audit } : {}),
        client: place === "client" ? { interceptors: [audit] } : {},
      });
      const remote = pair.client.client(Numbers);
      await remote.double({ n: 1 });
      for await (const _ of remote.count({ n: 3 }));
      await remote.sum(pass(1, 2));
      for await (const _ of remote.chat(pass(1, 2)));
      await expect(remote.double({ n: -1 })).rejects.toThrow("below 0");
      await using session = await pair.client.session(Counter);
      await session.add({ n: 1 });
      await expect.poll(() => records).toHaveLength(6);
      const calls = records as AuditedCall[];
      const side = place === "client" ? "client" : "server";
      const peer = place === "client" ? pair.server.endpointId : pair.client.node.id;
      expect(
        calls.map(({ service, method, status, requests, responses }) =>
          [service, method, status, requests, responses].join(" "),
        ),
      ).toEqual([
        "Numbers double OK 1 1",
        "Numbers count OK 1 3",
        "Numbers sum OK 2 1",
        "Numbers chat OK 2 2",
        "Numbers double OUT_OF_RANGE 1 0",
        "Counter add OK 1 1",
      ]);
      for (const call of calls) {
        expect(call).toMatchObject({ event: "call", side, peer });
        if (side === "client") expect(call.attempt).toBe(1);
        else expect(call.requestId).toMatch(/^[0-9a-f]{16}$/);
      }
    },
  );
});

test("an interceptor of a server records the id of the credential", async () => {
  const context = { credentialId: "0a1b2c3d", requestId: "r1" } as unknown as CallContext;
  await audit(fakeCall({ side: "server", context }), async () => "answer");
  expect(records).toMatchObject([{ credentialId: "0a1b2c3d", requestId: "r1" }]);
});

test("as the option audit it has the calls that interceptors do not see", async () => {
  await using pair = await servicePair({ services: [numbersService()], audit });
  await expect(pair.client.proxy("Numbers").half?.({ n: 1 })).rejects.toThrow();
  await expect(pair.client.client(Numbers).double({ n: "x" as never })).rejects.toThrow();
  expect(records).toMatchObject([{ service: "Numbers", method: "half", status: "UNIMPLEMENTED" }]);
});

test("stats() counts the records", async () => {
  const counted = auditLog({ sink: () => {} });
  const server = new Server({ services: [numbersService()], audit: counted });
  await createLocalClient(Numbers, server).double({ n: 1 });
  expect(counted.stats()).toEqual({ written: 1, lost: 0 });
  server.close();
});

test.each<[string, object]>([
  ["sink must be a function, a writable stream or a logger", { sink: "file" }],
  ["sink must be a function, a writable stream or a logger", {}],
  ["maxBufferedBytes must be an integer from 4096", { sink: () => {}, maxBufferedBytes: 1 }],
  ["onError must be a function", { sink: () => {}, onError: 5 }],
  ["unknown option write", { sink: () => {}, write: () => {} }],
])("refuses options: %s", (text, options) => {
  expect(() => auditLog(options as never)).toThrow(text);
});
