import { contractIdOf } from "@aster/contract";
import { expect, test } from "vitest";
import type { RegistryEvent } from "../../src/watch/registry-event.ts";
import { settled } from "../support/fake-clock.ts";
import { Greeter, GreeterTwo, idOf, MemoryMesh, OWNER } from "../support/memory-registry.ts";

const contractId = contractIdOf(Greeter);

/** Collects events; `next` returns those since the last call, in a short form. */
function collect(events: AsyncIterable<RegistryEvent>) {
  const seen: RegistryEvent[] = [];
  const done = (async () => {
    for await (const event of events) seen.push(event);
  })();
  return {
    done,
    next: async (): Promise<string[]> => {
      await settled();
      return seen.splice(0).map(short);
    },
  };
}

function short(event: RegistryEvent): string {
  switch (event.kind) {
    case "lease":
      return `lease ${event.lease.leaseSeq} ${event.lease.healthStatus}`;
    case "pointer":
      return `pointer ${event.key}`;
    default:
      return event.kind;
  }
}

test("yields the present entries, then the changes", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  const consumer = await mesh.add();
  await producer.registry.publish(Greeter);
  const advertisement = await producer.registry.advertise(Greeter);
  await settled();
  const stop = new AbortController();
  const { next, done } = collect(consumer.registry.watch({ signal: stop.signal }));
  expect(await next()).toEqual([
    "contract",
    "pointer services/Greeter/versions/v1",
    "lease 1 ready",
  ]);
  await mesh.clock.advance(15_000);
  expect(await next()).toEqual(["lease 2 ready"]);
  await producer.registry.publish(GreeterTwo, { channels: ["stable"] });
  expect(await next()).toEqual([
    "contract",
    "pointer services/Greeter/versions/v2",
    "pointer services/Greeter/channels/stable",
  ]);
  const withdrawn = advertisement.withdraw({ graceMs: 1_000 });
  expect(await next()).toEqual(["lease 3 draining"]);
  await mesh.clock.advance(1_000);
  await withdrawn;
  expect(await next()).toEqual(["down"]);
  stop.abort();
  await done;
});

test("reports a lease that expires", async () => {
  await using mesh = new MemoryMesh();
  const { registry } = await mesh.add();
  const advertisement = await registry.advertise(Greeter);
  const { next } = collect(registry.watch({ service: "Greeter" }));
  expect(await next()).toEqual(["lease 1 ready"]);
  advertisement.close();
  await mesh.clock.advance(47_000);
  expect(await next()).toEqual(["down"]);
});

test("leaves out other services and their contracts", async () => {
  await using mesh = new MemoryMesh();
  const { registry } = await mesh.add();
  await registry.publish(Greeter);
  await registry.advertise(Greeter);
  const { next } = collect(registry.watch({ service: "Other" }));
  await registry.setAccessList("writers", []);
  expect(await next()).toEqual(["acl"]);
});

test("yields the last state of an entry to a slow reader", async () => {
  await using mesh = new MemoryMesh();
  const { registry } = await mesh.add();
  await registry.advertise(Greeter);
  const events = registry.watch({ service: "Greeter" });
  await events.next();
  await mesh.clock.advance(15_000 * 1_000);
  const { value } = await events.next();
  expect(value).toMatchObject({ kind: "lease", lease: { leaseSeq: 1_001 } });
});

test("reports an announced end once, and the next lease", async () => {
  await using mesh = new MemoryMesh();
  const { registry } = await mesh.add();
  const reader = await mesh.add();
  await registry.advertise(Greeter);
  const { next } = collect(reader.registry.watch({ service: "Greeter" }));
  expect(await next()).toEqual(["lease 1 ready"]);
  const down = (timestampMs: number): string =>
    JSON.stringify({
      type: 3,
      service: "Greeter",
      endpoint_id: idOf(0xe001),
      timestamp_ms: timestampMs,
    });
  const nowMs = mesh.clock.nowMs();
  mesh.topic.send(down(nowMs));
  mesh.topic.send(down(nowMs));
  expect(await next()).toEqual(["down"]);
  await mesh.clock.advance(15_000);
  expect(await next()).toEqual(["lease 2 ready"]);
  const { notices } = reader.registry.stats().ignored;
  for (const message of [down(nowMs - 60_000), down(nowMs + 60_000), "{}", "x"]) {
    mesh.topic.send(message);
  }
  expect(await next()).toEqual([]);
  expect(reader.registry.stats().ignored.notices - notices).toBe(4);
});

test("reports what a change of the writers hides", async () => {
  await using mesh = new MemoryMesh();
  const owner = await mesh.add();
  const writer = await mesh.add();
  await writer.registry.advertise(Greeter);
  const { next } = collect(owner.registry.watch({ service: "Greeter" }));
  expect(await next()).toEqual(["lease 1 ready"]);
  await owner.registry.setAccessList("writers", []);
  expect((await next()).sort()).toEqual(["acl", "down"]);
});

test("ends with the registry", async () => {
  await using mesh = new MemoryMesh();
  const { registry } = await mesh.add();
  const { done } = collect(registry.watch());
  await registry.close();
  await done;
  expect(() => registry.watch()).toThrow(expect.objectContaining({ code: "closed" }));
});

test("yields the text of the key and its parts", async () => {
  await using mesh = new MemoryMesh();
  const { registry, endpointId } = await mesh.add();
  await registry.advertise(Greeter);
  const { value } = await registry.watch().next();
  expect(value).toMatchObject({
    kind: "lease",
    key: `services/Greeter/contracts/${contractId}/endpoints/${endpointId}`,
    service: "Greeter",
    contractId,
    endpointId,
  });
  expect(registry.author).toBe(OWNER);
});
