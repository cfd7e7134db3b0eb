// Registries on nodes over QUIC on 127.0.0.1.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contractIdOf } from "@aster/contract";
import { canonicalBytes } from "@aster/contract/model";
import { formatTicket, type Node, ticketFor } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { afterEach, describe, expect, test } from "vitest";
import { openRegistry, type Registry } from "../../src/index.ts";
import { Greeter, GreeterTwo } from "../support/memory-registry.ts";

const contractId = contractIdOf(Greeter);
const query = { service: "Greeter", contractId };
/** Long enough for a busy machine. */
const wait = { waitMs: 60_000 };

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function docsNode(storage?: string): Promise<Node> {
  const node = await loopbackNode({ protocols: ["docs"], ...(storage ? { storage } : {}) });
  opened.push(node);
  return node;
}

async function open(node: Node, address?: string): Promise<Registry> {
  const registry = await openRegistry(node, { address, timeoutMs: 60_000 });
  opened.push(registry);
  return registry;
}

test("gives a reader the contracts, pointers and leases of a producer", async () => {
  const node = await docsNode();
  const producer = await open(node);
  const published = await producer.publish(Greeter, { channels: ["stable"] });
  await producer.advertise(Greeter, { load: () => 0.5 });

  const reader = await open(await docsNode(), producer.address);
  expect(reader.namespace).toBe(producer.namespace);
  expect(reader.owner).toBe(producer.author);
  const found = await reader.resolve({ service: "Greeter", channel: "stable" }, wait);
  expect(found.contractId).toBe(contractId);
  expect(found.leases[0]).toMatchObject({
    endpointId: node.id,
    load: 0.5,
    directAddrs: node.address().directAddresses,
  });
  expect(await reader.contract(contractId)).toEqual(canonicalBytes(Greeter));
  expect((await reader.manifest(contractId)).methods).toHaveLength(1);
  expect(published.collectionHash).toMatch(/^[0-9a-f]{64}$/);
});

test("shows changes as they happen, and the end of a producer", async () => {
  const producer = await open(await docsNode());
  const reader = await open(await docsNode(), producer.address);
  const events = reader.watch({ service: "Greeter" });
  const advertisement = await producer.advertise(Greeter);
  expect((await events.next()).value).toMatchObject({ kind: "lease" });
  await producer.publish(Greeter);
  expect((await events.next()).value).toMatchObject({ kind: "pointer", contractId });
  await advertisement.withdraw({ graceMs: 0 });
  expect((await events.next()).value).toMatchObject({ kind: "down" });
});

test("lets a second producer join with the writer ticket", async () => {
  const first = await open(await docsNode());
  await first.advertise(Greeter);
  const node = await docsNode();
  const second = await open(node, await first.writerTicket());
  await second.publish(GreeterTwo);
  await second.advertise(Greeter);
  await expect
    .poll(async () => (await first.resolve(query)).leases.length, { timeout: 60_000 })
    .toBe(2);
  const both = await second.resolve(query);
  expect(both.leases).toHaveLength(2);
  const newest = await first.resolve({ service: "Greeter", version: 2 }).catch((error) => error);
  expect(newest).toMatchObject({ code: "unavailable" });
});

test("does not let a reader write", async () => {
  const producer = await open(await docsNode());
  const reader = await open(await docsNode(), producer.address);
  await expect(reader.advertise(Greeter)).rejects.toMatchObject({
    code: "option",
    message: expect.stringContaining("writer ticket"),
  });
});

test("reads from a replica when the publisher is gone", async () => {
  const node = await docsNode();
  const producer = await openRegistry(node);
  await producer.publish(Greeter);
  const replica = await open(await docsNode(), await producer.writerTicket());
  await replica.contract(contractId);
  await producer.close();
  await node.close();
  const late = await open(await docsNode(), await replica.writerTicket());
  expect(late.owner).toBe(producer.author);
  expect(await late.contract(contractId)).toEqual(canonicalBytes(Greeter));
  await expect(late.resolve({ service: "Greeter" })).rejects.toMatchObject({
    code: "unavailable",
  });
});

describe("with a storage", () => {
  test("is the same registry after a restart", async () => {
    const storage = await mkdtemp(join(tmpdir(), "aster-registry-"));
    const first = await loopbackNode({ protocols: ["docs"], storage });
    const before = await openRegistry(first);
    await before.publish(Greeter);
    const { namespace, author } = before;
    await before.close();
    await first.close();
    const after = await open(await docsNode(storage));
    expect([after.namespace, after.author, after.owner]).toEqual([namespace, author, author]);
    expect(await after.contract(contractId)).toEqual(canonicalBytes(Greeter));
    await expect(after.resolve({ service: "Greeter" })).rejects.toMatchObject({
      code: "unavailable",
    });
    opened.unshift({ close: () => rm(storage, { recursive: true }) });
  });
});

test("keeps registries of different names apart", async () => {
  const node = await docsNode();
  const [one, other] = [await openRegistry(node), await openRegistry(node, { name: "other" })];
  opened.push(one, other);
  expect(one.namespace).not.toBe(other.namespace);
  const again = await openRegistry(node, { name: "other" });
  opened.push(again);
  expect(again.namespace).toBe(other.namespace);
});

test("reports that no peer of the registry answers", async () => {
  const node = await docsNode();
  const gone = await loopbackNode();
  const address = `${gone.id}@${formatTicket(ticketFor(gone.address()))}`;
  await gone.close();
  await expect(openRegistry(node, { address, timeoutMs: 300 })).rejects.toMatchObject({
    code: "unavailable",
  });
  await expect(openRegistry(node, { address: "x" })).rejects.toMatchObject({ code: "option" });
});

test("is not there on a node without documents", async () => {
  const node = await loopbackNode();
  opened.push(node);
  await expect(openRegistry(node)).rejects.toMatchObject({ code: "option" });
});
