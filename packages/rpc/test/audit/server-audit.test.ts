// The option `audit` of servers: one record per call, denied admission and refused connection.
import {
  type AdmissionGate,
  AsterClient,
  type AsterClientOptions,
  AsterServer,
  type AuditedCall,
  type AuditRecord,
  currentCall,
  defineService,
  implement,
  openGate,
  RpcError,
  role,
  StatusCode,
  unary,
} from "@aster/rpc";
import { RPC_ALPN, Server } from "@aster/rpc/server";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { loopbackPair, memoryPair } from "@aster/transport/testing";
import { credentialIdOf, generateRootKeypair, signCredential } from "@aster/trust";
import { describe, expect, test } from "vitest";
import { createLocalClient } from "../../src/local/local.ts";
import { collect, failure } from "../support/outcomes.ts";
import { Probe, probe, Text } from "../support/probe.ts";

const transports = ["memory", "quic"] as const;
const Vault = defineService("Vault", { requires: role("ops") }, { open: unary(Text, Text) });
const Desk = defineService(
  "Desk",
  { scoped: "session" },
  { say: unary(Text, Text), ops: unary(Text, Text, { requires: role("ops") }) },
);

const vault = () => implement(Vault, { open: (text) => text });
const desk = () => implement(Desk, () => ({ say: (text) => text, ops: (text) => text }));

function recorder() {
  const records: AuditRecord[] = [];
  return { records, audit: { record: (record: AuditRecord) => void records.push(record) } };
}

async function* items(count: number) {
  for (let n = 1; n <= count; n++) yield { n };
}

describe.each(transports)("over %s", (transport) => {
  test("has one record per call of every pattern, with its counts", async () => {
    const { audit, records } = recorder();
    await using pair = await servicePair({ transport, services: [probe()], audit });
    const remote = pair.client.client(Probe);
    await remote.echo({ text: "hi" }, { metadata: { token: "secret" } });
    await collect(remote.count({ n: 3 }));
    await remote.sum(items(4));
    for await (const _ of remote.chat([{ text: "a" }, { text: "b" }]));
    await failure(remote.fail({ code: StatusCode.NOT_FOUND, message: "secret", after: 0 }));
    await failure(remote.sleep({ n: 60_000 }, { timeoutMs: 30 }));
    for await (const _ of remote.endless({ n: 1 })) break;
    await expect.poll(() => records).toHaveLength(7);
    const peer = pair.client.node.id;
    const common = { event: "call", side: "server", peer, service: "Probe" };
    const facts = (records as AuditedCall[]).map(
      ({ method, pattern, status, requests, responses }) =>
        `${method} ${pattern} ${status} ${requests} ${responses}`,
    );
    expect(facts.slice(0, 6)).toEqual([
      "echo unary OK 1 1",
      "count server_stream OK 1 3",
      "sum client_stream OK 4 1",
      "chat bidi_stream OK 2 2",
      "fail unary NOT_FOUND 1 0",
      expect.stringMatching(/^sleep unary (DEADLINE_EXCEEDED|CANCELLED) 1 0$/),
    ]);
    expect(facts[6]).toMatch(/^endless server_stream CANCELLED 1 \d+$/);
    for (const record of records) {
      expect(record).toMatchObject({
        ...common,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        durationMs: expect.any(Number),
        requestId: expect.stringMatching(/^[0-9a-f]{16}$/),
      });
    }
    expect(new Set((records as AuditedCall[]).map(({ requestId }) => requestId)).size).toBe(7);
    expect(JSON.stringify(records)).not.toContain("secret");
  });

  test("has a record of a call that is refused before its handler", async () => {
    const { audit, records } = recorder();
    const services = [probe(), vault(), desk()];
    await using pair = await servicePair({ transport, services, audit });
    const { client } = pair;
    await failure(client.client(Vault).open({ text: "" }));
    await failure(client.proxy("Probe").nothing?.({}));
    await failure(client.proxy("Other\nhome").call?.({}));
    await using session = await client.session(Desk);
    await session.say({ text: "" });
    await failure(session.ops({ text: "" }));
    await expect.poll(() => records).toHaveLength(5);
    expect(records).toMatchObject([
      {
        service: "Vault",
        method: "open",
        status: "PERMISSION_DENIED",
        gate: 3,
        cause: "capability",
      },
      { service: "Probe", method: "nothing", status: "UNIMPLEMENTED", requests: 0 },
      { service: "Other\\u000ahome", method: "call", status: "NOT_FOUND" },
      { service: "Desk", method: "say", status: "OK", requests: 1, responses: 1 },
      { service: "Desk", method: "ops", status: "PERMISSION_DENIED", gate: 3 },
    ]);
    expect(records[1]).not.toHaveProperty("gate");
  });

  test("has one record of a call that an interceptor ends", async () => {
    const { audit, records } = recorder();
    await using pair = await servicePair({
      transport,
      services: [probe()],
      audit,
      interceptors: [
        async () => {
          throw new RpcError(StatusCode.UNAUTHENTICATED, "authentication failed");
        },
      ],
    });
    await failure(pair.client.client(Probe).echo({ text: "" }));
    await failure(collect(pair.client.client(Probe).count({ n: 1 })));
    expect(records).toMatchObject([
      { method: "echo", status: "UNAUTHENTICATED", gate: 2, cause: "interceptor" },
      { method: "count", status: "UNAUTHENTICATED", gate: 2, cause: "interceptor" },
    ]);
  });

  test("has a record per denied admission, with its cause and the id of the credential", async () => {
    const { audit, records } = recorder();
    const root = await generateRootKeypair();
    const other = await generateRootKeypair();
    await using nodes = await (transport === "quic" ? loopbackPair() : memoryPair());
    await using server = await AsterServer.start({
      services: [probe()],
      node: nodes.server,
      rootPubkey: root.publicKey,
      audit,
    });
    const connect = (credential?: AsterClientOptions["credential"]) =>
      AsterClient.connect(server.address, { node: nodes.client, credential });
    const forged = await signCredential(other.secretKey);
    const good = await signCredential(root.secretKey);
    await failure(connect());
    await failure(connect(forged));
    await failure(connect("{"));
    await using client = await connect(good);
    await client.client(Probe).echo({ text: "" });
    server.revoke(nodes.client.id);
    await failure(client.client(Probe).echo({ text: "" }));
    await expect.poll(() => records).toHaveLength(5);
    const peer = nodes.client.id;
    expect(records).toMatchObject([
      { event: "admission", peer, side: "server", gate: 1, cause: "no-credential" },
      { event: "admission", cause: "wrong-root", credentialId: credentialIdOf(forged) },
      { event: "admission", cause: "malformed" },
      { event: "call", status: "OK", credentialId: credentialIdOf(good) },
      { event: "call", status: "UNAUTHENTICATED", gate: 0, cause: "not-admitted" },
    ]);
    expect(records[0]?.credentialId).toBeUndefined();
    const text = JSON.stringify(records);
    for (const { signature } of [forged, good]) expect(text).not.toContain(signature.slice(0, 20));
  });

  test("has a record of connections that a closed gate refuses", async () => {
    const { audit, records } = recorder();
    const gate: AdmissionGate = {
      open: false,
      admit: () => ({ admitted: false, reason: "closed" }),
    };
    await using nodes = await (transport === "quic" ? loopbackPair() : memoryPair());
    const node = nodes.server;
    await using server = await AsterServer.start({ services: [probe()], node, gate, audit });
    await nodes.client.connect(server.address, RPC_ALPN).then(
      (connection) => connection.closed,
      () => {},
    );
    await expect
      .poll(() => records, { timeout: 5_000 })
      .toMatchObject([
        {
          event: "connection",
          peer: nodes.client.id,
          gate: 0,
          cause: "not-admitted",
          alpn: RPC_ALPN,
          count: 1,
        },
      ]);
  });

  test("has a record of a session that is refused", async () => {
    const { audit, records } = recorder();
    const Closed = defineService(
      "Closed",
      { scoped: "session", requires: role("ops") },
      { say: unary(Text, Text) },
    );
    const services = [implement(Closed, () => ({ say: (text) => text }))];
    await using pair = await servicePair({ transport, services, audit });
    await using session = await pair.client.session(Closed);
    await failure(session.say({ text: "" }));
    await expect
      .poll(() => records)
      .toMatchObject([
        { event: "call", service: "Closed", method: "", status: "PERMISSION_DENIED", gate: 3 },
      ]);
  });
});

test("the id of a call in its record is that of its context", async () => {
  const { audit, records } = recorder();
  let seen: string | undefined;
  const services = [
    implement(defineService("Ids", {}, { say: unary(Text, Text) }), {
      say: (text) => {
        seen = currentCall()?.requestId;
        return text;
      },
    }),
  ];
  await using pair = await servicePair({ services, audit });
  await pair.client.proxy("Ids").say?.({ text: "" });
  expect(records).toMatchObject([{ method: "say", requestId: seen }]);
});

test("a record has the time at which the call began, and its duration", async () => {
  using clock = fakeClock();
  const { audit, records } = recorder();
  const server = new Server({ services: [probe()], audit });
  const beganAt = clock.epochMs;
  const answer = createLocalClient(Probe, server).sleep({ n: 1 }, { timeoutMs: 250 });
  const failed = failure(answer);
  await clock.advance(250);
  await failed;
  await expect.poll(() => records).toHaveLength(1);
  expect(records).toMatchObject([{ time: new Date(beganAt).toISOString(), durationMs: 250 }]);
  server.close();
});

test("of denials by a limit at most 20 in 10 s have a record, and the next says how many did not", async () => {
  using clock = fakeClock();
  const { audit, records } = recorder();
  await using nodes = await memoryPair();
  const gate: AdmissionGate = { open: false, admit: () => ({ admitted: false, reason: "no" }) };
  const node = nodes.server;
  const admissionLimits = { perEndpoint: 1 };
  await using server = await AsterServer.start({
    services: [probe()],
    node,
    gate,
    audit,
    admissionLimits,
  });
  const ask = () => failure(AsterClient.connect(server.address, { node: nodes.client }));
  for (let count = 0; count < 30; count++) await ask();
  // one by the gate, the first one by the limit, and 20 repeated ones
  expect(records).toHaveLength(22);
  await clock.advance(10_000);
  await ask();
  expect(records).toHaveLength(23);
  expect(records.at(-1)).toMatchObject({ cause: "rate-limited", suppressed: 8 });
});

test("an audit log that fails changes no call, and its error goes to onError", async () => {
  const faults: string[] = [];
  await using pair = await servicePair({
    services: [probe()],
    gate: openGate(),
    audit: {
      record: () => {
        throw new Error("disk full");
      },
    },
    onError: ({ method }) => void faults.push(method),
  });
  expect(await pair.client.client(Probe).echo({ text: "hi" })).toEqual({ text: "hi" });
  expect(faults).toEqual(["audit"]);
});

test.each([5, {}, () => {}, null])("the option audit %o is refused", async (audit) => {
  const started = AsterServer.start({ services: [probe()], audit: audit as never });
  await expect(started).rejects.toMatchObject({
    code: StatusCode.INVALID_ARGUMENT,
    details: { option: "audit" },
  });
});
