// Counters of a server, and the metrics endpoint.
import {
  type AdmissionGate,
  AsterClient,
  AsterServer,
  createLocalClient,
  type RpcError,
  StatusCode,
} from "@aster/rpc";
import { type MetricSource, PROMETHEUS_CONTENT_TYPE } from "@aster/rpc/metrics";
import { defaultLimits } from "@aster/rpc/server";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { memoryNetwork } from "@aster/transport";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust/admission";
import { describe, expect, test } from "vitest";
import { Journal, Probe, probe } from "../support/probe.ts";
import { Tally, tally } from "../support/session-probe.ts";

const codeOf = (work: Promise<unknown>): Promise<number> =>
  work.then(
    () => StatusCode.OK,
    (error: RpcError) => error.code,
  );

describe.each(["memory", "quic"] as const)("calls over %s", (transport) => {
  test("are counted by their result, in every pattern", async () => {
    const journal = new Journal();
    await using pair = await servicePair({ services: [probe(journal)], transport });
    const { server } = pair;
    const remote = pair.client.client(Probe);
    const counts = () => {
      const { calls, callsTotal, callsSucceeded, callsFailed, callsRefused, streamsTotal } =
        server.stats();
      return { calls, callsTotal, callsSucceeded, callsFailed, callsRefused, streamsTotal };
    };
    await remote.echo({});
    for await (const _ of remote.count({ n: 3 })) {
    }
    for await (const _ of remote.chat([{ text: "x" }])) {
    }
    await remote.sum([{ n: 1, payload: "" }]);
    await expect.poll(counts).toEqual({
      calls: 0,
      callsTotal: 4,
      callsSucceeded: 4,
      callsFailed: 0,
      callsRefused: {},
      streamsTotal: 4,
    });
    const failed = [
      remote.fail({ code: 5, message: "no", after: 0 }),
      remote.crash({}),
      remote.wrong({}),
    ];
    for (const call of failed) expect(await codeOf(call)).not.toBe(StatusCode.OK);
    for await (const _ of remote.endless({ n: 1 })) break;
    // a handler that runs after its caller has left counts as failed and as running
    const caller = new AbortController();
    const deaf = codeOf(remote.deaf({ n: 100 }, { signal: caller.signal }));
    await journal.wrote("deaf began");
    caller.abort();
    expect(await deaf).toBe(StatusCode.CANCELLED);
    // refused before the handler ran
    expect(await codeOf(Promise.resolve(pair.client.proxy("Probe").nothing?.({})))).toBe(
      StatusCode.UNIMPLEMENTED,
    );
    await expect.poll(counts).toEqual({
      calls: 0,
      callsTotal: 9,
      callsSucceeded: 4,
      callsFailed: 5,
      callsRefused: { UNIMPLEMENTED: 1 },
      streamsTotal: 10,
    });
  });

  test("that a limit or a drain refuses count as refused, and as nothing else", async () => {
    const limits = { maxCallsPerPeer: 1, maxSessionsPerConnection: 0 };
    const services = [probe(), tally(new Journal())];
    await using pair = await servicePair({ services, transport, limits });
    const { server } = pair;
    const remote = pair.client.client(Probe);
    const caller = new AbortController();
    const running = codeOf(remote.sleep({ n: 60_000 }, { signal: caller.signal }));
    await expect.poll(() => server.stats().calls).toBe(1);
    for (let call = 0; call < 3; call++) {
      expect(await codeOf(remote.echo({}))).toBe(StatusCode.RESOURCE_EXHAUSTED);
    }
    const session = pair.client.session(Tally).then((opened) => opened.add({ n: 1 }));
    expect(await codeOf(session)).toBe(StatusCode.RESOURCE_EXHAUSTED);
    const drained = server.drain();
    expect(await codeOf(remote.echo({}))).toBe(StatusCode.UNAVAILABLE);
    caller.abort();
    await running;
    await expect
      .poll(() => server.stats(), { timeout: 10_000 })
      .toMatchObject({
        callsTotal: 1,
        callsSucceeded: 0,
        callsFailed: 1,
        callsRefused: { RESOURCE_EXHAUSTED: 4, UNAVAILABLE: 1 },
      });
    await drained;
  });

  test("of a session count one by one, and as one stream", async () => {
    await using pair = await servicePair({ services: [tally(new Journal())], transport });
    await using session = await pair.client.session(Tally);
    for (let n = 0; n < 3; n++) await session.add({ n });
    expect(pair.server.stats()).toMatchObject({
      callsTotal: 3,
      callsSucceeded: 3,
      callsFailed: 0,
      streamsTotal: 1,
      sessions: 1,
    });
  });
});

test("counts connections and admissions by their result", async () => {
  const network = memoryNetwork();
  const gate: AdmissionGate = {
    open: false,
    admit: async ({ credentialJson }) => {
      if (credentialJson === "broken") throw new Error("the gate's own affair");
      return credentialJson === "yes"
        ? { admitted: true, attributes: {} }
        : { admitted: false, reason: "no" };
    },
  };
  await using server = await AsterServer.start({
    services: [probe()],
    gate,
    node: await network.createNode(),
  });
  expect(server.stats()).toMatchObject({
    connectionsTotal: 0,
    admission: { admitted: 0, denied: 0, errors: 0, lastMs: 0 },
  });
  await using node = await network.createNode();
  await using _ = await AsterClient.connect(server.address, { node, credential: "yes" });
  for (const credential of ["no", "no", "broken"]) {
    expect(await codeOf(AsterClient.connect(server.address, { node, credential }))).toBe(
      StatusCode.UNAUTHENTICATED,
    );
  }
  const rude = await node.connect(server.address, CONSUMER_ADMISSION_ALPN, { raw: true });
  rude
    .open({ frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} })
    .send(0, Buffer.from("no JSON"), true);
  await expect
    .poll(() => server.stats())
    .toMatchObject({
      connectionsTotal: 6,
      admission: { admitted: 1, denied: 2, errors: 2, lastMs: expect.any(Number) },
    });
});

test("serves metrics over HTTP as JSON and for Prometheus", async () => {
  using clock = fakeClock();
  await using pair = await servicePair({ services: [probe()], healthPort: 0 });
  const { server } = pair;
  const remote = pair.client.client(Probe);
  for (let call = 0; call < 3; call++) await remote.echo({});
  await codeOf(remote.crash({}));
  await codeOf(Promise.resolve(pair.client.proxy("Probe").nothing?.({})));
  await clock.advance(12_345);
  const ask = (path: string) => fetch(`http://127.0.0.1:${server.healthPort}${path}`);
  await expect.poll(() => server.stats().channels).toBe(0);
  const json = await ask("/metrics");
  expect([json.status, json.headers.get("content-type")]).toEqual([200, "application/json"]);
  const text = await json.text();
  expect(text).toMatch(/^\{\n {2}"health": \{\n {4}"status": "ok",/);
  expect(JSON.parse(text)).toEqual({
    health: { status: "ok", uptime_s: 12.345 },
    ready: { status: "ready", services: 1, registry: false },
    connections: {
      active_connections: server.stats().connections,
      total_connections: 2,
      active_streams: 0,
      total_streams: 5,
    },
    admission: {
      consumer_admitted: 1,
      consumer_denied: 0,
      consumer_errors: 0,
      producer_admitted: 0,
      producer_denied: 0,
      producer_errors: 0,
      last_admission_ms: 0,
    },
    rpc: { started: 4, succeeded: 3, failed: 1, in_flight: 0 },
  });
  server.health.set(false);
  const scraped = await ask("/metrics/prometheus");
  expect([scraped.status, scraped.headers.get("content-type")]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  const exposition = await scraped.text();
  const { connections, nativeHandles } = server.stats();
  expect(exposition.split("\n").filter((line) => line.startsWith("aster_"))).toEqual([
    "aster_uptime_seconds 12.345",
    "aster_healthy 0",
    "aster_ready 0",
    `aster_connections_active ${connections}`,
    "aster_connections_total 2",
    "aster_connections_refused_total 0",
    "aster_streams_active 0",
    "aster_streams_total 5",
    "aster_queued_bytes 0",
    `aster_native_handles ${nativeHandles}`,
    "aster_admission_consumer_admitted_total 1",
    "aster_admission_consumer_denied_total 0",
    "aster_admission_consumer_errors_total 0",
    "aster_admission_consumer_last_duration_seconds 0",
    "aster_admission_producer_admitted_total 0",
    "aster_admission_producer_denied_total 0",
    "aster_admission_producer_errors_total 0",
    "aster_admission_producer_last_duration_seconds 0",
    "aster_rpc_started_total 4",
    'aster_rpc_completed_total{status="ok"} 3',
    'aster_rpc_completed_total{status="error"} 1',
    'aster_rpc_refused_total{status="UNIMPLEMENTED"} 1',
    "aster_rpc_in_flight 0",
    `aster_rpc_in_flight_limit ${defaultLimits.maxCalls}`,
    "aster_sessions_active 0",
    "aster_held_bytes 0",
    `aster_held_bytes_limit ${defaultLimits.maxHeldBytes}`,
  ]);
  expect(exposition).toMatch(/^process_resident_memory_bytes [1-9]\d+$/m);
  expect(exposition).toMatch(/^nodejs_eventloop_time_seconds_total\{state="active"\} \d/m);
});

test.each([
  ["/metrics?format=prometheus", "*/*", true],
  ["/metrics?x=1&format=prometheus", "*/*", true],
  ["/metrics?format=json", "text/plain", false],
  ["/metrics", "application/json", false],
  ["/metrics", "*/*", false],
  // the Accept of a Prometheus server
  ["/metrics", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", true],
  ["/metrics/prometheus?format=json", "*/*", true],
])("answers %s with Accept %s as text: %s", async (path, accept, asText) => {
  await using pair = await servicePair({ services: [probe()], healthPort: 0 });
  const url = `http://127.0.0.1:${pair.server.healthPort}${path}`;
  const response = await fetch(url, { headers: { accept } });
  expect(response.headers.get("content-type")).toBe(
    asText ? PROMETHEUS_CONTENT_TYPE : "application/json",
  );
});

test("adds the metrics of the sources, and measures the delay of the event loop", async () => {
  let collections = 0;
  const source: MetricSource = {
    collect: () => {
      collections += 1;
      return [{ name: "app_users", type: "gauge", help: "Users", samples: [{ value: 7 }] }];
    },
  };
  await using pair = await servicePair({
    services: [probe()],
    healthPort: 0,
    metrics: [source, source],
  });
  const ask = async (path: string) =>
    (await fetch(`http://127.0.0.1:${pair.server.healthPort}${path}`)).text();
  await ask("/metrics");
  await ask("/healthz");
  expect(collections).toBe(0);
  expect(await ask("/metrics/prometheus")).toMatch(/^# TYPE app_users gauge\napp_users 7$/m);
  expect(collections).toBe(1);
  await expect
    .poll(() => ask("/metrics/prometheus"), { timeout: 10_000 })
    .toMatch(/^nodejs_eventloop_delay_p99_seconds \d/m);
});

test.each([
  [{ collect() {} }, "option metrics must be a list of metric sources"],
  [[() => []], "option metrics[0] must be a source with a method collect()"],
  [[null], "option metrics[0] must be a source with a method collect()"],
])("refuses the sources %j before anything is opened", async (metrics, text) => {
  const started = AsterServer.start({ services: [probe()], metrics: metrics as never });
  await expect(started).rejects.toThrow(text);
});

test("counts calls of local clients, but not their connections", async () => {
  await using pair = await servicePair({ services: [probe()] });
  const before = pair.server.stats();
  await createLocalClient(Probe, pair.server).echo({});
  expect(pair.server.stats()).toMatchObject({
    callsSucceeded: before.callsSucceeded + 1,
    connectionsTotal: before.connectionsTotal,
  });
});
