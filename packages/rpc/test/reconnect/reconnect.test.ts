// A client outlives its connections.
import {
  AsterClient,
  defineService,
  implement,
  openGate,
  RpcError,
  StatusCode,
  unary,
} from "@aster/rpc";
import type { ClientState } from "@aster/rpc/client";
import type { Interceptor } from "@aster/rpc/interceptor";
import { describe, expect, test } from "vitest";
import { Item, Journal, Probe, probe, Text } from "../support/probe.ts";
import { type Revivable, revivable } from "../support/revivable.ts";

const failure = (work: Promise<unknown>): Promise<RpcError> =>
  work.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: RpcError) => error,
  );

const quick = { initialBackoffMs: 20, maxBackoffMs: 100 };

const connect = (at: Revivable, options: Parameters<typeof AsterClient.connect>[1] = {}) =>
  AsterClient.connect(at.address, { node: at.clientNode, reconnect: quick, ...options });

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test("after a loss all calls share one dial to the new server", async () => {
    await using at = await revivable(transport, { services: [probe()] });
    const states: ClientState[] = [];
    await using client = await connect(at, { onStateChange: (state) => states.push(state) });
    const remote = client.client(Probe);
    await remote.echo({ text: "before" });
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    await at.revive();
    const texts = Array.from({ length: 50 }, (_, index) => `${index}`);
    const answers = await Promise.all(texts.map((text) => remote.echo({ text })));
    expect(answers.map(({ text }) => text)).toEqual(texts);
    expect(at.dials()).toBe(2);
    expect(states).toEqual(["disconnected", "connecting", "connected"]);
    expect(at.server.stats().connections).toBeLessThanOrEqual(2);
  });

  test("calls of every pattern wait for the next connection", async () => {
    await using at = await revivable(transport, { services: [probe()] });
    await using client = await connect(at);
    const remote = client.client(Probe);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    await at.revive();
    async function* numbers() {
      for (let n = 0; n < 1000; n += 1) yield { n, payload: "x".repeat(1000) };
    }
    async function* words() {
      for (const text of ["a", "b"]) yield { text };
    }
    const counted = (async () => {
      let count = 0;
      for await (const _ of remote.count({ n: 10 })) count += 1;
      return count;
    })();
    const chatted = (async () => {
      const texts: string[] = [];
      for await (const { text } of remote.chat(words())) texts.push(text);
      return texts.length;
    })();
    const summed = remote.sum(numbers());
    const big = remote.echo({ text: "y".repeat(2_000_000) });
    const withMetadata = remote.context({}, { metadata: { a: "1" } });
    expect(await counted).toBe(10);
    expect(await chatted).toBe(2);
    expect(await summed).toMatchObject({ items: 1000 });
    expect((await big).text).toHaveLength(2_000_000);
    expect(JSON.parse((await withMetadata).text).metadata).toEqual([["a", "1"]]);
    expect(at.dials()).toBe(2);
  });

  test("calls on a lost connection end with UNAVAILABLE and are not repeated", async () => {
    const journal = new Journal();
    await using at = await revivable(transport, { services: [probe(journal)] });
    await using client = await connect(at);
    const remote = client.client(Probe);
    const running = failure(remote.sleep({ n: 5000 }));
    await journal.wrote("sleep began");
    await at.kill();
    expect((await running).code).toBe(StatusCode.UNAVAILABLE);
    await at.revive();
    await remote.echo({});
    expect(journal.lines.filter((line) => line === "sleep began")).toHaveLength(1);
  });

  test("an interceptor that retries idempotent calls hides the loss", async () => {
    const journal = new Journal();
    await using at = await revivable(transport, { services: [probe(journal)] });
    let attempts = 0;
    const retry: Interceptor = async (call, next) => {
      for (;;) {
        attempts += 1;
        try {
          return await next(call);
        } catch (error) {
          if (!(error instanceof RpcError && error.is(StatusCode.UNAVAILABLE))) throw error;
        }
      }
    };
    await using client = await connect(at, { interceptors: [retry] });
    const remote = client.client(Probe);
    const running = remote.sleep({ n: 300 });
    await journal.wrote("sleep began");
    await at.kill();
    await at.revive();
    expect(await running).toMatchObject({ n: 300 });
    expect(attempts).toBeGreaterThan(1);
  });

  test("a failed dial ends waiting calls with UNAVAILABLE, and the next dial waits for the back-off", async () => {
    await using at = await revivable(transport, { services: [probe()] });
    const reconnect = {
      initialBackoffMs: 200,
      jitter: 0,
      connectTimeoutMs: 300,
      healthyAfterMs: 0,
    };
    await using client = await connect(at, { reconnect });
    const remote = client.client(Probe);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    const codes = await Promise.all([failure(remote.echo({})), failure(remote.echo({}))]);
    expect(codes.map(({ code }) => code)).toEqual([14, 14]);
    const began = performance.now();
    expect((await failure(remote.echo({}, { timeoutMs: 20 }))).code).toBe(
      StatusCode.DEADLINE_EXCEEDED,
    );
    expect((await failure(remote.echo({}, { signal: AbortSignal.timeout(20) }))).code).toBe(
      StatusCode.DEADLINE_EXCEEDED,
    );
    expect(performance.now() - began).toBeLessThan(5_000);
    await at.revive();
    await client.reconnectNow();
    expect(client.state).toBe("connected");
    await remote.echo({});
  });

  test("refuses calls to a peer that comes back with another contract", async () => {
    const Other = defineService("Probe", {}, { echo: unary(Item, Text) });
    await using at = await revivable(transport, { services: [probe()] });
    await using client = await connect(at);
    const remote = client.client(Probe);
    await remote.echo({});
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    await at.revive({ services: [implement(Other, { echo: () => ({ text: "other" }) })] });
    for (let time = 0; time < 2; time += 1) {
      expect(await failure(remote.echo({}))).toMatchObject({
        code: StatusCode.FAILED_PRECONDITION,
        details: { reason: "contract.mismatch" },
      });
    }
    expect((await client.client(Other).echo({ n: 1 })).text).toBe("other");
    // one request for the manifest, one call
    expect(at.server.stats().callsTotal).toBe(2);
  });

  test("moves from a draining server to the one that replaces it", async () => {
    const journal = new Journal();
    await using at = await revivable(transport, { services: [probe(journal)] });
    await using client = await connect(at);
    const remote = client.client(Probe);
    const running = remote.sleep({ n: 300 });
    await journal.wrote("sleep began");
    const drained = at.server.drain();
    for (let time = 0; time < 3; time += 1) {
      expect(await failure(remote.echo({}, { retry: false }))).toMatchObject({
        code: StatusCode.UNAVAILABLE,
        details: { reason: "draining" },
      });
    }
    expect(await running).toMatchObject({ n: 300 });
    expect(await drained).toBe(true);
    await at.kill();
    await at.revive();
    expect(await remote.echo({ text: "x" })).toEqual({ text: "x" });
  });
});

test("with reconnect: false a lost peer stays lost until reconnectNow", async () => {
  await using at = await revivable("memory", { services: [probe()] });
  await using client = await connect(at, { reconnect: false });
  const remote = client.client(Probe);
  await at.kill();
  await expect.poll(() => client.state).toBe("disconnected");
  await at.revive();
  expect((await failure(remote.echo({}))).code).toBe(StatusCode.UNAVAILABLE);
  expect(at.dials()).toBe(1);
  await client.reconnectNow();
  expect(await remote.echo({ text: "x" })).toEqual({ text: "x" });
});

test("reports a peer that no longer admits the client", async () => {
  await using at = await revivable("memory", { services: [probe()] });
  await using client = await connect(at);
  const remote = client.client(Probe);
  await at.kill();
  await expect.poll(() => client.state).toBe("disconnected");
  await at.revive({ gate: { open: false, admit: () => ({ admitted: false, reason: "no" }) } });
  expect((await failure(remote.echo({}))).code).toBe(StatusCode.UNAUTHENTICATED);
});

describe("close", () => {
  test("works twice, at once and during calls, and refuses calls afterwards", async () => {
    const journal = new Journal();
    await using at = await revivable("memory", { services: [probe(journal)] });
    const states: ClientState[] = [];
    const client = await connect(at, { onStateChange: (state) => states.push(state) });
    const remote = client.client(Probe);
    const running = failure(remote.sleep({ n: 5000 }));
    const stream = failure(
      remote
        .endless({ n: 0 })
        .next()
        .then(() => running),
    );
    await journal.wrote("sleep began");
    await Promise.all([client.close(), client.close(), client.drain()]);
    await client.close();
    expect((await running).code).toBe(StatusCode.CANCELLED);
    await stream;
    await journal.wrote("sleep over");
    expect((await failure(remote.echo({}))).code).toBe(StatusCode.FAILED_PRECONDITION);
    expect((await failure(client.reconnectNow())).code).toBe(StatusCode.FAILED_PRECONDITION);
    expect(() => client.client(Probe)).toThrow(/FAILED_PRECONDITION/);
    expect(states).toEqual(["closed"]);
  });

  test("ends calls that wait for a connection", async () => {
    await using at = await revivable("quic", { services: [probe()] });
    const client = await connect(at);
    const remote = client.client(Probe);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    const waiting = failure(remote.echo({}));
    await expect.poll(() => client.state).toBe("connecting");
    await client.close();
    expect((await waiting).code).toBe(StatusCode.CANCELLED);
    expect(client.state).toBe("closed");
    expect(at.clientNode.stats()).toMatchObject({ connections: 0, channels: 0 });
  });

  test("drain lets running calls end and refuses new ones", async () => {
    const journal = new Journal();
    await using at = await revivable("memory", { services: [probe(journal)] });
    const client = await connect(at);
    const remote = client.client(Probe);
    const running = remote.sleep({ n: 100 });
    await journal.wrote("sleep began");
    const drained = client.drain();
    expect((await failure(remote.echo({}))).code).toBe(StatusCode.FAILED_PRECONDITION);
    expect(await running).toMatchObject({ n: 100 });
    expect(await drained).toBe(true);
    expect(client.state).toBe("closed");
  });

  test("drain ends running calls after the grace time", async () => {
    await using at = await revivable("memory", { services: [probe()] });
    const client = await connect(at);
    const running = failure(client.client(Probe).sleep({ n: 60_000 }));
    expect(await client.drain({ graceMs: 30 })).toBe(false);
    expect((await running).code).toBe(StatusCode.CANCELLED);
  });
});

test("refuses back-off options out of range", async () => {
  await using at = await revivable("memory", { services: [probe()], gate: openGate() });
  for (const reconnect of [{ jitter: 2 }, { multiplier: 0.5 }, { initialBackoffMs: Number.NaN }]) {
    expect((await failure(connect(at, { reconnect }))).code).toBe(StatusCode.INVALID_ARGUMENT);
  }
});
