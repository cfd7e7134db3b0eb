import { contractIdOf } from "@aster/contract";
import { describe, expect, test } from "vitest";
import { type EndpointLease, encodeLease, newLease } from "../../src/entries/lease.ts";
import { settled } from "../support/fake-clock.ts";
import {
  Greeter,
  GreeterTwo,
  idOf,
  MemoryMesh,
  type MemoryNode,
  OWNER,
} from "../support/memory-registry.ts";

const contractId = contractIdOf(Greeter);
const query = { service: "Greeter", contractId };

interface Written extends Partial<EndpointLease> {
  readonly author?: string;
  readonly timestampUs?: number;
  /** The time of the body, relative to the clock. */
  readonly atMs?: number;
}

/** Writes leases of other endpoints, and lets them arrive. */
async function write(mesh: MemoryMesh, { document }: MemoryNode, ...leases: Written[]) {
  for (const { author = OWNER, timestampUs, atMs = 0, ...fields } of leases) {
    const endpointId = fields.endpointId ?? idOf(1);
    const lease = {
      ...newLease(
        { endpointId, contractId, service: "Greeter", version: 1, healthStatus: "ready" },
        mesh.clock.nowMs() + atMs,
      ),
      ...fields,
    };
    const key = `services/Greeter/contracts/${contractId}/endpoints/${endpointId}`;
    document.insert(key, encodeLease(lease), {
      author,
      ...(timestampUs === undefined ? {} : { timestampUs }),
    });
  }
  await settled();
}

async function ids(node: MemoryNode, more: object = {}): Promise<number[]> {
  const { leases } = await node.registry.resolve({ ...query, ...more });
  return leases.map(({ endpointId }) => Number.parseInt(endpointId, 16));
}

describe("selects the contract", () => {
  test("by id, version, channel and tag", async () => {
    await using mesh = new MemoryMesh();
    const { registry } = await mesh.add();
    const options = { channels: ["stable"], tags: ["best"] };
    await registry.publish(Greeter, options);
    await registry.advertise(Greeter);
    for (const selector of [{ version: 1 }, { channel: "stable" }, { tag: "best" }, {}]) {
      const found = await registry.resolve({ service: "Greeter", ...selector });
      expect(found.contractId).toBe(contractId);
    }
  });

  test("by the highest version without a selector", async () => {
    await using mesh = new MemoryMesh();
    const { registry } = await mesh.add();
    await registry.publish(GreeterTwo);
    await registry.publish(Greeter);
    await registry.advertise(GreeterTwo);
    const found = await registry.resolve({ service: "Greeter" });
    expect(found.contractId).toBe(contractIdOf(GreeterTwo));
  });

  test("by the next selector when the first leads to nothing", async () => {
    await using mesh = new MemoryMesh();
    const { registry } = await mesh.add();
    await registry.publish(Greeter, { channels: ["stable"] });
    await registry.advertise(Greeter);
    const found = await registry.resolve({ service: "Greeter", version: 9, channel: "stable" });
    expect(found.contractId).toBe(contractId);
  });
});

describe("without a producer", () => {
  test("reports what it does not know as missing", async () => {
    await using mesh = new MemoryMesh();
    const { registry } = await mesh.add();
    for (const selector of [{}, { version: 1 }, { channel: "x" }, { tag: "x" }, { contractId }]) {
      const found = registry.resolve({ service: "Greeter", ...selector });
      await expect(found).rejects.toMatchObject({ code: "missing" });
    }
  });

  test("does not wait longer than a second for the first sync", async () => {
    await using mesh = new MemoryMesh();
    const { registry } = await mesh.add({ author: idOf(7) });
    const found = registry.resolve({ service: "Greeter" });
    found.catch(() => {});
    await mesh.clock.advance(1_000);
    await expect(found).rejects.toMatchObject({ code: "missing" });
  });

  test.each([
    ["starting", { healthStatus: "starting" }],
    ["draining", { healthStatus: "draining" }],
    ["expired", { atMs: -46_000 }],
    ["dated ahead", { atMs: 3_600_000 }],
    ["of another ALPN", { alpn: "aster/9" }],
    ["of another mode", { serializationModes: ["row"] }],
    ["of another realm", { policyRealm: "us" }],
  ] as [string, Written][])("reports a lease that is %s as unavailable", async (_, lease) => {
    await using mesh = new MemoryMesh();
    const node = await mesh.add();
    await write(mesh, node, lease);
    const found = node.registry.resolve({ ...query, realm: "eu" });
    await expect(found).rejects.toMatchObject({ code: "unavailable" });
  });

  test("reports a published contract without endpoints as unavailable", async () => {
    await using mesh = new MemoryMesh();
    const { registry } = await mesh.add();
    await registry.publish(Greeter);
    await expect(registry.resolve(query)).rejects.toMatchObject({ code: "unavailable" });
    const byVersion = registry.resolve({ service: "Greeter", version: 1 });
    await expect(byVersion).rejects.toMatchObject({ code: "unavailable" });
  });

  test("waits for one as long as it is asked to", async () => {
    await using mesh = new MemoryMesh();
    const { registry } = await mesh.add();
    const found = registry.resolve(query, { waitMs: 10_000 });
    await settled();
    await mesh.clock.advance(2_000);
    await registry.publish(Greeter);
    await registry.advertise(Greeter);
    expect((await found).leases).toHaveLength(1);
    const late = registry.resolve({ service: "Other" }, { waitMs: 10_000 });
    late.catch(() => {});
    await settled();
    await mesh.clock.advance(10_000);
    await expect(late).rejects.toMatchObject({ code: "missing" });
  });

  test("ends with the signal and the close", async () => {
    await using mesh = new MemoryMesh();
    const { registry } = await mesh.add();
    const signal = AbortSignal.abort();
    const aborted = registry.resolve(query, { waitMs: 1_000, signal });
    await expect(aborted).rejects.toMatchObject({ code: "closed" });
    const closed = registry.resolve(query, { waitMs: 1_000 });
    closed.catch(() => {});
    await registry.close();
    await expect(closed).rejects.toMatchObject({ code: "closed" });
    await expect(registry.resolve(query)).rejects.toMatchObject({ code: "closed" });
  });
});

test("refuses an unknown strategy", async () => {
  await using mesh = new MemoryMesh();
  const { registry } = await mesh.add();
  const found = registry.resolve({ ...query, strategy: "nearest" as "random" });
  await expect(found).rejects.toMatchObject({ code: "option" });
});

describe("ranks the producers", () => {
  const three = [1, 2, 3].map((number) => ({ endpointId: idOf(number) }));

  test("in turn", async () => {
    await using mesh = new MemoryMesh();
    const node = await mesh.add();
    await write(mesh, node, ...three);
    const orders = [await ids(node), await ids(node), await ids(node), await ids(node)];
    expect(orders).toEqual([
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
      [1, 2, 3],
    ]);
  });

  test("by load, those without one last", async () => {
    await using mesh = new MemoryMesh();
    const node = await mesh.add();
    const loads = [undefined, 0.9, 0.1];
    const leases = three.map((lease, index) => ({ ...lease, load: loads[index] }));
    await write(mesh, node, ...leases);
    expect(await ids(node, { strategy: "least-load" })).toEqual([3, 2, 1]);
  });

  test("by round trip, unmeasured ones last", async () => {
    await using mesh = new MemoryMesh();
    const node = await mesh.add();
    await write(mesh, node, ...three);
    const rttMs = (id: string) => ({ [idOf(1)]: 40, [idOf(3)]: 2 })[id];
    expect(await ids(node, { strategy: "lowest-rtt", rttMs })).toEqual([3, 1, 2]);
  });

  test("at random", async () => {
    await using mesh = new MemoryMesh();
    const node = await mesh.add();
    await write(mesh, node, ...three);
    expect((await ids(node, { strategy: "random" })).sort()).toEqual([1, 2, 3]);
  });

  test("ready ones before degraded ones, and those that announced their end last", async () => {
    await using mesh = new MemoryMesh();
    const node = await mesh.add();
    await write(
      mesh,
      node,
      { endpointId: idOf(1), load: 0 },
      { endpointId: idOf(2), load: 0.1, healthStatus: "degraded" },
      { endpointId: idOf(3), load: 0.9 },
    );
    const strategy = { strategy: "least-load" };
    expect(await ids(node, strategy)).toEqual([1, 3, 2]);
    mesh.topic.send(
      JSON.stringify({
        type: 3,
        service: "Greeter",
        endpoint_id: idOf(1),
        timestamp_ms: mesh.clock.nowMs(),
      }),
    );
    await settled();
    expect(await ids(node, strategy)).toEqual([3, 2, 1]);
    await mesh.clock.advance(1_000);
    await write(mesh, node, { endpointId: idOf(1), load: 0 });
    expect(await ids(node, strategy)).toEqual([1, 3, 2]);
  });
});

describe("entries that do not fit", () => {
  const key = `services/Greeter/contracts/${contractId}/endpoints/${idOf(2)}`;
  const body = (change: object): string => {
    const lease = newLease({ endpointId: idOf(2), contractId, service: "Greeter", version: 1 }, 0);
    return JSON.stringify({
      ...JSON.parse(Buffer.from(encodeLease(lease)).toString()),
      ...change,
    });
  };

  test.each([
    ["key and body of different endpoints", key, body({ endpoint_id: idOf(3) })],
    ["key and body of different services", key, body({ service: "Other" })],
    ["key and body of different contracts", key, body({ contract_id: idOf(4) })],
    ["text where numbers belong", key, body({ lease_seq: "1" })],
    ["a number above 2^53", key, body({ lease_seq: 2 ** 53 })],
    ["a negative number", key, body({ lease_seq: -1 })],
    ["no JSON", key, "lease"],
    ["a pointer that is not an id", "services/Greeter/versions/v1", "../x"],
    ["a reference to another contract", `contracts/${idOf(5)}`, body({})],
  ])("are ignored and counted: %s", async (_, wrongKey, value) => {
    await using mesh = new MemoryMesh();
    const node = await mesh.add();
    await write(mesh, node, { endpointId: idOf(1) });
    node.document.insert(wrongKey, value);
    await settled();
    expect(await ids(node)).toEqual([1]);
    expect(node.registry.stats().ignored).toMatchObject({ malformed: 1 });
  });

  test("are ignored and counted: unknown keys and large values", async () => {
    await using mesh = new MemoryMesh();
    const node = await mesh.add();
    node.document.insert("services/a/b", "x");
    node.document.insert(key, "x".repeat(65_537));
    await settled();
    expect(node.registry.stats().ignored).toMatchObject({ unknown: 1, oversized: 1 });
  });

  test("do not hide the entry of another author", async () => {
    await using mesh = new MemoryMesh();
    const node = await mesh.add();
    await write(mesh, node, { endpointId: idOf(1) });
    const nowUs = mesh.clock.nowMs() * 1_000;
    await write(mesh, node, { author: idOf(9), atMs: 600_000, timestampUs: nowUs + 600_000_000 });
    expect(await ids(node)).toEqual([1]);
  });
});
