import { contractIdOf } from "@aster/contract";
import { expect, test } from "vitest";
import { encodeLease, type HealthStatus, newLease } from "../../src/entries/lease.ts";
import { settled } from "../support/fake-clock.ts";
import { MemoryDocument } from "../support/memory-document.ts";
import { Greeter, MemoryMesh, NAMESPACE, OWNER } from "../support/memory-registry.ts";

const contractId = contractIdOf(Greeter);
const query = { service: "Greeter", contractId };

test("renews a lease every 15 s with the present figures", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  const consumer = await mesh.add();
  let load = 0.25;
  await producer.registry.advertise(Greeter, { load: () => load });
  await settled();
  const first = await consumer.registry.resolve(query);
  expect(first.leases[0]).toMatchObject({
    endpointId: producer.endpointId,
    leaseSeq: 1,
    load: 0.25,
    healthStatus: "ready",
    serializationModes: ["fory-xlang"],
    directAddrs: ["127.0.0.1:4001"],
  });
  load = 0.75;
  await mesh.clock.advance(15_000);
  const second = await consumer.registry.resolve(query);
  expect(second.leases[0]).toMatchObject({ leaseSeq: 2, load: 0.75 });
  await mesh.clock.advance(600_000);
  expect((await consumer.registry.resolve(query)).leases[0]?.leaseSeq).toBe(42);
});

test("writes a change of health at once", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  let health: HealthStatus = "starting";
  const advertisement = await producer.registry.advertise(Greeter, { health: () => health });
  await expect(producer.registry.resolve(query)).rejects.toMatchObject({ code: "unavailable" });
  health = "ready";
  await advertisement.refresh();
  expect((await producer.registry.resolve(query)).leases[0]?.leaseSeq).toBe(2);
});

test("drops the lease of a crashed producer after its term", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  const consumer = await mesh.add();
  const advertisement = await producer.registry.advertise(Greeter);
  await mesh.clock.advance(15_000);
  advertisement.close();
  await mesh.clock.advance(44_000);
  await consumer.registry.resolve(query);
  await mesh.clock.advance(2_000);
  await expect(consumer.registry.resolve(query)).rejects.toMatchObject({ code: "unavailable" });
});

test("drains, then withdraws, then sends a notice", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  const consumer = await mesh.add();
  const advertisement = await producer.registry.advertise(Greeter);
  const sent: string[] = [];
  const heard = mesh.topic.member();
  const listening = (async () => {
    for await (const message of heard.messages(AbortSignal.timeout(60_000))) {
      sent.push(Buffer.from(message).toString());
      if (sent.length === 2) return;
    }
  })();
  const withdrawn = advertisement.withdraw();
  await settled();
  const key = `services/Greeter/contracts/${contractId}/endpoints/${producer.endpointId}`;
  const values = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const entry of consumer.document.entries()) {
      if (Buffer.from(entry.key).toString() !== key) continue;
      found.push(Buffer.from((await consumer.document.read(entry.hash)) ?? []).toString());
    }
    return found;
  };
  expect(JSON.parse((await values())[0] ?? "")).toMatchObject({
    health_status: "draining",
    lease_seq: 2,
  });
  await mesh.clock.advance(5_000);
  await withdrawn;
  expect(await values()).toEqual(["null"]);
  await listening;
  expect(sent.map((text) => JSON.parse(text).type)).toEqual([2, 3]);
  await expect(consumer.registry.resolve(query)).rejects.toMatchObject({ code: "unavailable" });
});

test("shows a producer that restarts with the same key at once", async () => {
  await using mesh = new MemoryMesh();
  const consumer = await mesh.add();
  const first = await mesh.add({ endpointId: "ee".repeat(32) });
  const advertisement = await first.registry.advertise(Greeter);
  await mesh.clock.advance(300_000);
  advertisement.close();
  await settled();
  expect((await consumer.registry.resolve(query)).leases[0]?.leaseSeq).toBe(21);
  // without its store: another author, and the sequence begins again
  const second = await mesh.add({ endpointId: "ee".repeat(32) });
  await mesh.clock.advance(10);
  const fresh = newLease(
    {
      endpointId: second.endpointId,
      contractId,
      service: "Greeter",
      version: 1,
      healthStatus: "ready",
    },
    mesh.clock.nowMs(),
  );
  second.document.insert(
    `services/Greeter/contracts/${contractId}/endpoints/${second.endpointId}`,
    encodeLease(fresh),
  );
  await settled();
  const { leases } = await consumer.registry.resolve(query);
  expect(leases).toEqual([expect.objectContaining({ leaseSeq: 1 })]);
});

test("continues the numbers of its last lease after a restart from its store", async () => {
  await using mesh = new MemoryMesh();
  const document = new MemoryDocument(NAMESPACE, OWNER, mesh.clock);
  const first = await mesh.add({ document });
  const advertisement = await first.registry.advertise(Greeter);
  await mesh.clock.advance(30_000);
  advertisement.close();
  const { endpointId } = first;
  const second = await mesh.add({ document, endpointId });
  await second.registry.advertise(Greeter);
  expect((await second.registry.resolve(query)).leases[0]?.leaseSeq).toBe(4);
});

test("continues after a write that failed", async () => {
  await using mesh = new MemoryMesh();
  const { registry, document } = await mesh.add();
  const errors: unknown[] = [];
  await registry.advertise(Greeter, { onError: (error) => errors.push(error) });
  const { set } = document;
  document.set = () => Promise.reject(new Error("disk full"));
  await mesh.clock.advance(15_000);
  expect(errors).toEqual([expect.objectContaining({ message: "disk full" })]);
  document.set = set;
  await mesh.clock.advance(15_000);
  expect((await registry.resolve(query)).leases[0]?.leaseSeq).toBe(3);
});
