// Clients that find their peer in a registry.
import {
  AsterClient,
  AsterConfig,
  AsterServer,
  defineService,
  implement,
  openGate,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { hedgeInterceptor } from "@aster/rpc/interceptor";
import { type MemoryNetwork, memoryNetwork, type Node } from "@aster/transport";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { FakeRegistry, leaseOf } from "../support/fake-registry.ts";

const Nothing = wireType("producers/Nothing", {});
const Name = wireType("producers/Name", { name: z.string() });
const Who = defineService(
  "Who",
  {},
  {
    name: unary(Nothing, Name, { idempotent: true }),
    once: unary(Nothing, Name),
    names: serverStream(Nothing, Name),
  },
);

interface Producer {
  readonly server: AsterServer;
  readonly node: Node;
  readonly id: string;
}

const alone = { config: AsterConfig.of({}), identity: false } as const;
let network: MemoryNetwork;
let registry: FakeRegistry;
let client: AsterClient | undefined;
let opened: Producer[];
/** Ends the streams and the held calls. */
let release: () => void;

beforeEach(() => {
  network = memoryNetwork();
  registry = new FakeRegistry();
  opened = [];
});

afterEach(async () => {
  await client?.close();
  client = undefined;
  for (const { server, node } of opened) {
    await server.close({ graceMs: 0 });
    await node.close();
  }
});

async function produce(name: string, { slow = false } = {}): Promise<Producer> {
  const node = await network.createNode();
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const service = implement(Who, {
    name: async (_, { signal }) => {
      if (slow) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return { name };
    },
    once: async () => {
      await released;
      return { name };
    },
    async *names() {
      yield { name };
      await released;
      yield { name };
    },
  });
  const server = await AsterServer.start({ ...alone, services: [service], gate: openGate(), node });
  const producer = { server, node, id: node.id };
  opened.push(producer);
  return producer;
}

async function connect(options: object = {}): Promise<AsterClient> {
  const node = await network.createNode();
  client = await AsterClient.connect({ ...alone, node, service: Who, registry, ...options });
  return client;
}

const who = async (): Promise<string> => (await client?.client(Who).name({}))?.name ?? "";

test("calls the best producer of the contract", async () => {
  const [a, b] = [await produce("a"), await produce("b")];
  registry.set(leaseOf(b.id, Who), leaseOf(a.id, Who));
  const { peer } = await connect();
  expect(peer).toBe(b.id);
  expect(await who()).toBe("b");
  expect(registry.queries[0]).toMatchObject({ service: "Who", contractId: expect.any(String) });
});

test("asks for what the options select", async () => {
  const a = await produce("a");
  registry.set(leaseOf(a.id, Who));
  await connect({ channel: "stable", strategy: "least-load", realm: "eu" });
  expect(registry.queries[0]).toMatchObject({
    channel: "stable",
    strategy: "least-load",
    realm: "eu",
    service: "Who",
  });
});

test("tries the next producer when the first cannot be reached", async () => {
  const a = await produce("a");
  registry.set(leaseOf("ab".repeat(32), Who), leaseOf(a.id, Who));
  await connect();
  expect(await who()).toBe("a");
});

test("keeps a second connection, which takes over when the first is lost", async () => {
  const [a, b] = [await produce("a"), await produce("b")];
  registry.set(leaseOf(a.id, Who), leaseOf(b.id, Who));
  await connect();
  await expect.poll(() => b.server.stats().connections).toBe(1);
  expect(await who()).toBe("a");
  await a.node.close();
  expect(await who()).toBe("b");
  expect(client?.peer).toBe(b.id);
});

test("a hedged call is answered by the second producer when the first is slow", async () => {
  const [a, b] = [await produce("a", { slow: true }), await produce("b")];
  registry.set(leaseOf(a.id, Who), leaseOf(b.id, Who));
  await connect();
  await expect.poll(() => b.server.stats().connections).toBe(1);
  const hedge = hedgeInterceptor({ delayMs: 5 });
  const hedged = client?.client(Who, { interceptors: [hedge] });
  expect(await hedged?.name({})).toEqual({ name: "b" });
  expect(client?.peer).toBe(a.id);
  // the other attempt was cancelled
  await expect.poll(() => a.server.stats().calls).toBe(0);
  await b.node.close();
  await expect(hedged?.name({}, { timeoutMs: 200 })).rejects.toMatchObject({
    code: StatusCode.DEADLINE_EXCEEDED,
  });
});

test("hedged calls stay at the only producer", async () => {
  const a = await produce("a");
  registry.set(leaseOf(a.id, Who));
  await connect();
  const hedge = hedgeInterceptor({ delayMs: 0 });
  expect(await client?.client(Who, { interceptors: [hedge] }).name({})).toEqual({ name: "a" });
});

test("repeats idempotent calls elsewhere, and no others", async () => {
  const [a, b] = [await produce("a"), await produce("b")];
  registry.set(leaseOf(a.id, Who), leaseOf(b.id, Who));
  await connect();
  await expect.poll(() => b.server.stats().connections).toBe(1);
  const call = client?.client(Who).once({});
  await expect.poll(() => a.server.stats().calls).toBe(1);
  const lost = expect(call).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  await a.node.close();
  await lost;
  expect(await who()).toBe("b");
});

test("lets running calls end at a producer that drains, and makes new ones elsewhere", async () => {
  const a = await produce("a");
  const end = () => release();
  const [endStream] = [release];
  const b = await produce("b");
  registry.set(leaseOf(a.id, Who), leaseOf(b.id, Who));
  await connect();
  const names = client?.client(Who).names({})[Symbol.asyncIterator]();
  expect((await names?.next())?.value).toEqual({ name: "a" });
  registry.set(leaseOf(b.id, Who));
  await expect.poll(() => client?.peer).toBe(b.id);
  expect(await who()).toBe("b");
  endStream();
  expect((await names?.next())?.value).toEqual({ name: "a" });
  expect((await names?.next())?.done).toBe(true);
  await expect.poll(() => a.server.stats().connections, { timeout: 20_000 }).toBe(0);
  end();
});

test("comes back when a better producer appears", async () => {
  const [a, b] = [await produce("a"), await produce("b")];
  registry.set(leaseOf(b.id, Who, { healthStatus: "degraded" }));
  await connect();
  expect(await who()).toBe("b");
  registry.set(leaseOf(a.id, Who), leaseOf(b.id, Who, { healthStatus: "degraded" }));
  await expect.poll(() => client?.peer).toBe(a.id);
  expect(await who()).toBe("a");
});

test("moves to a clearly lower load, and stays otherwise", async () => {
  const [a, b] = [await produce("a"), await produce("b")];
  registry.set(leaseOf(a.id, Who, { load: 0.5 }), leaseOf(b.id, Who, { load: 0.6 }));
  await connect({ strategy: "least-load" });
  const asked = registry.queries.length;
  registry.set(leaseOf(b.id, Who, { load: 0.4 }), leaseOf(a.id, Who, { load: 0.5 }));
  await expect.poll(() => registry.queries.length).toBeGreaterThan(asked);
  expect(client?.peer).toBe(a.id);
  registry.set(leaseOf(b.id, Who, { load: 0.1 }), leaseOf(a.id, Who, { load: 0.5 }));
  await expect.poll(() => client?.peer).toBe(b.id);
});

test("waits for a producer, and reports that there is none", async () => {
  const a = await produce("a");
  const connecting = connect({ timeoutMs: 20_000 });
  await expect.poll(() => registry.queries.length).toBeGreaterThan(0);
  registry.set(leaseOf(a.id, Who));
  await connecting;
  registry.set();
  await client?.close();
  await expect(connect({ timeoutMs: 50 })).rejects.toMatchObject({
    code: StatusCode.UNAVAILABLE,
    details: { reason: "registry.unavailable" },
  });
  registry.knows = false;
  await expect(connect({ timeoutMs: 50 })).rejects.toMatchObject({
    code: StatusCode.NOT_FOUND,
    details: { reason: "registry.missing" },
  });
});

test("closes what it has opened", async () => {
  const [a, b] = [await produce("a"), await produce("b")];
  registry.set(leaseOf(a.id, Who), leaseOf(b.id, Who));
  await connect();
  await expect.poll(() => b.server.stats().connections).toBe(1);
  expect(registry.watchers).toBe(1);
  await client?.close();
  await expect.poll(() => registry.watchers).toBe(0);
  await expect.poll(() => a.server.stats().connections + b.server.stats().connections).toBe(0);
});

test.each([
  ["registry", { registry: 7 }],
  ["registry", { registry: {} }],
  ["strategy", { strategy: "nearest" }],
])("refuses a bad option: %s", async (option, options) => {
  await expect(connect(options)).rejects.toMatchObject({
    code: StatusCode.INVALID_ARGUMENT,
    details: { option },
  });
});
