import { contractIdOf } from "@aster/contract";
import { canonicalBytes } from "@aster/contract/model";
import { expect, test } from "vitest";
import { parseArtifactRef } from "../../src/entries/artifact-ref.ts";
import { settled } from "../support/fake-clock.ts";
import { Greeter, MemoryMesh, type MemoryNode, OWNER } from "../support/memory-registry.ts";

const contractId = contractIdOf(Greeter);

/** The values of a document by their keys. */
async function valuesOf({ document }: MemoryNode): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for await (const { key, hash } of document.entries()) {
    values[Buffer.from(key).toString()] = Buffer.from((await document.read(hash)) ?? []).toString();
  }
  return values;
}

test("writes the reference, the manifest and the pointers", async () => {
  await using mesh = new MemoryMesh();
  const node = await mesh.add();
  const published = await node.registry.publish(Greeter, { channels: ["stable"], tags: ["best"] });
  expect(published).toMatchObject({ service: "Greeter", version: 1, contractId });
  const values = await valuesOf(node);
  const ref = parseArtifactRef(values[`contracts/${contractId}`] ?? "");
  expect(ref).toEqual({
    contractId,
    collectionHash: published.collectionHash,
    collectionFormat: "index",
    providerEndpointId: node.endpointId,
    ticket: `blob${published.collectionHash}`,
    publishedBy: OWNER,
    publishedAtEpochMs: mesh.clock.nowMs(),
  });
  expect(JSON.parse(values[`manifests/${contractId}`] ?? "")).toMatchObject({
    service: "Greeter",
    contract_id: contractId,
  });
  expect(values["services/Greeter/versions/v1"]).toBe(contractId);
  expect(values["services/Greeter/channels/stable"]).toBe(contractId);
  expect(values["services/Greeter/tags/best"]).toBe(contractId);
});

test("does not write again what has not changed", async () => {
  await using mesh = new MemoryMesh();
  const node = await mesh.add();
  await node.registry.publish(Greeter);
  const writes: string[] = [];
  const { set } = node.document;
  node.document.set = (key, value) => {
    writes.push(Buffer.from(key).toString());
    return set.call(node.document, key, value);
  };
  await mesh.clock.advance(1_000);
  await node.registry.publish(Greeter);
  expect(writes).toEqual([]);
});

test("sends a notice of a new contract and its channels", async () => {
  await using mesh = new MemoryMesh();
  const { registry } = await mesh.add();
  const messages = mesh.topic.member().messages(AbortSignal.timeout(60_000));
  const first = messages[Symbol.asyncIterator]().next();
  await registry.publish(Greeter, { channels: ["stable"] });
  expect(JSON.parse(Buffer.from((await first).value).toString())).toMatchObject({
    type: 0,
    service: "Greeter",
    version: 1,
    contract_id: contractId,
  });
});

test("refuses names that a key cannot hold, and writes nothing", async () => {
  await using mesh = new MemoryMesh();
  const node = await mesh.add();
  const published = node.registry.publish(Greeter, { channels: ["a/b"] });
  await expect(published).rejects.toMatchObject({ code: "key" });
  expect(await valuesOf(node)).toEqual({});
});

test("gives the contract and the manifest to other nodes", async () => {
  await using mesh = new MemoryMesh();
  const producer = await mesh.add();
  const { registry } = await mesh.add();
  await producer.registry.publish(Greeter);
  await settled();
  expect(await registry.contract(contractId)).toEqual(canonicalBytes(Greeter));
  expect((await registry.manifest(contractId)).methods.map(({ name }) => name)).toEqual(["greet"]);
  const missing = "ab".repeat(32);
  await expect(registry.contract(missing)).rejects.toMatchObject({ code: "missing" });
});

test("refuses the bytes of another contract", async () => {
  await using mesh = new MemoryMesh();
  const { registry } = await mesh.add();
  const { collectionHash } = await registry.publish(Greeter);
  mesh.blobs.replace(collectionHash, [{ name: "contract.bin", content: Uint8Array.of(1) }]);
  await expect(registry.contract(contractId)).rejects.toMatchObject({ code: "contract" });
  await expect(registry.manifest(contractId)).rejects.toMatchObject({ code: "contract" });
});

test("takes the manifest of the document when the collection has none", async () => {
  await using mesh = new MemoryMesh();
  const { registry } = await mesh.add();
  const { collectionHash } = await registry.publish(Greeter);
  mesh.blobs.replace(collectionHash, [{ name: "contract.bin", content: canonicalBytes(Greeter) }]);
  expect((await registry.manifest(contractId)).service).toBe("Greeter");
});
