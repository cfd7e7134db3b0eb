import { contractIdOf } from "@aster/contract";
import { expect, test } from "vitest";
import { settled } from "../support/fake-clock.ts";
import { MemoryDocument } from "../support/memory-document.ts";
import { Greeter, GreeterTwo, idOf, MemoryMesh, NAMESPACE } from "../support/memory-registry.ts";

const contractId = contractIdOf(Greeter);
const query = { service: "Greeter", contractId };

test("reads the entries that are there before it opens", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  await producer.registry.publish(Greeter);
  await producer.registry.advertise(Greeter);
  const document = new MemoryDocument(NAMESPACE, idOf(5), mesh.clock);
  document.link(producer.document);
  const consumer = await mesh.add({ document });
  expect((await consumer.registry.resolve({ service: "Greeter" })).contractId).toBe(contractId);
});

test("uses an entry as soon as its value arrives", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  await producer.registry.advertise(Greeter);
  const document = new MemoryDocument(NAMESPACE, idOf(5), mesh.clock);
  document.holdsContent = true;
  const consumer = await mesh.add({ document });
  let synced = false;
  void consumer.registry.synced.then(() => {
    synced = true;
  });
  await settled();
  expect([consumer.registry.stats().entries, synced]).toEqual([0, false]);
  document.releaseContent();
  await settled();
  expect([consumer.registry.stats().entries, synced]).toEqual([1, true]);
  await consumer.registry.resolve(query);
});

test("is synced when a value that was read twice arrives", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  await producer.registry.advertise(Greeter);
  const document = new MemoryDocument(NAMESPACE, idOf(5), mesh.clock);
  document.holdsContent = true;
  const consumer = await mesh.add({ document });
  document.lag();
  await settled();
  // the event of the arrival is lost
  document.dropsEvents = true;
  document.releaseContent();
  document.dropsEvents = false;
  document.lag();
  await consumer.registry.synced;
  expect(consumer.registry.stats().entries).toBe(1);
});

test("does not wait for the value of an entry that was replaced", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  const { registry } = await mesh.add();
  const document = new MemoryDocument(NAMESPACE, idOf(5), mesh.clock);
  document.holdsContent = true;
  const consumer = await mesh.add({ document });
  const advertisement = await producer.registry.advertise(Greeter);
  await mesh.clock.advance(1_000);
  document.forgetsHeld();
  await advertisement.refresh();
  document.releaseContent();
  await consumer.registry.synced;
  expect(await registry.resolve(query)).toEqual(await consumer.registry.resolve(query));
});

test("asks the peers for values that do not arrive", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  await producer.registry.advertise(Greeter);
  const document = new MemoryDocument(NAMESPACE, idOf(5), mesh.clock);
  document.holdsContent = true;
  const consumer = await mesh.add({ document });
  await settled();
  expect(consumer.registry.stats().entries).toBe(0);
  await mesh.clock.advance(2_000);
  await consumer.registry.synced;
  expect(consumer.registry.stats().entries).toBe(1);
});

test("reads everything again after lost events", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  const consumer = await mesh.add();
  // events of these writes do not reach the consumer's registry
  const { document } = consumer;
  const { subscribe } = document;
  document.subscribe = () => subscribe.call(document, AbortSignal.abort());
  const deaf = await mesh.add({ document });
  await producer.registry.advertise(Greeter);
  await settled();
  expect(deaf.registry.stats().entries).toBe(0);
  consumer.document.lag();
  await settled();
  expect(consumer.registry.stats().entries).toBe(1);
});

test("converges after a partition", async () => {
  await using mesh = new MemoryMesh();
  const [left, middle, right] = [await mesh.add(), await mesh.add(), await mesh.add()];
  await left.registry.advertise(Greeter);
  await right.registry.advertise(Greeter);
  await settled();
  expect((await middle.registry.resolve(query)).leases).toHaveLength(2);
  right.document.unlink(left.document);
  right.document.unlink(middle.document);
  await right.registry.publish(GreeterTwo, { channels: ["stable"] });
  await mesh.clock.advance(1_000);
  await left.registry.publish(Greeter, { channels: ["stable"] });
  await mesh.clock.advance(60_000);
  // the lease on the other side has expired
  expect((await middle.registry.resolve(query)).leases).toHaveLength(1);
  expect((await right.registry.resolve(query)).leases).toHaveLength(1);
  middle.document.link(right.document);
  await settled();
  for (const { registry } of [left, middle, right]) {
    expect((await registry.resolve(query)).leases).toHaveLength(2);
    const stable = registry.resolve({ service: "Greeter", channel: "stable" });
    // the later write counts on every replica
    expect((await stable).contractId).toBe(contractId);
  }
});

test("stays monotone while two writers alternate a pointer", async () => {
  await using mesh = new MemoryMesh();
  const [one, two, reader] = [await mesh.add(), await mesh.add(), await mesh.add()];
  const key = "services/Greeter/channels/stable";
  const seen: number[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const event of reader.registry.watch({ signal: stop.signal })) {
      if (event.kind === "pointer") seen.push(Number.parseInt(event.contractId ?? "", 16));
    }
  })();
  for (let turn = 1; turn <= 1_000; turn++) {
    await mesh.clock.advance(1);
    (turn % 2 === 0 ? one : two).document.insert(key, idOf(turn));
  }
  await settled();
  stop.abort();
  await watching;
  expect(seen).toEqual(seen.toSorted((left, right) => left - right));
  expect(seen.at(-1)).toBe(1_000);
});

test("works without gossip", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add({ gossip: false });
  const consumer = await mesh.add({ gossip: false });
  await producer.registry.advertise(Greeter);
  await settled();
  await consumer.registry.resolve(query);
});
