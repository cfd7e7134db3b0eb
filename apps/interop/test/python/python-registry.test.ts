// Registries between nodes of this package and of the Python package.
import { contractIdOf } from "@aster/contract";
import { canonicalBytes } from "@aster/contract/model";
import { openRegistry, type Registry, registryTopicOf } from "@aster/registry";
import type { EndpointAddress, Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { PythonCommands, pythonWithAster } from "@aster-apps/conformance/python";
import { Testkit } from "@aster-apps/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const script = new URL("../../python/registry.py", import.meta.url);
const environment = await pythonWithAster();
const contractId = contractIdOf(Testkit);
const named = { service: "Testkit", version: 1 };
/** Long enough for a busy machine. */
const patient = { timeout: 60_000 };
const wait = { waitMs: 60_000 };

interface Created {
  readonly namespace: string;
  readonly author: string;
  readonly ticket: string;
}

describe.skipIf("missing" in environment)("the Python package", { timeout: 120_000 }, () => {
  let python: PythonCommands;
  let theirs: EndpointAddress;
  let node: Node;
  let registry: Registry | undefined;

  beforeEach(async () => {
    if ("missing" in environment) return;
    node = await loopbackNode({ protocols: ["docs"] });
    python = await PythonCommands.start(environment.path, script);
    theirs = (await python.do({ op: "start" })) as EndpointAddress;
  });

  afterEach(async () => {
    await registry?.close();
    registry = undefined;
    await node.close();
    await python[Symbol.asyncDispose]();
  });

  const create = async (): Promise<Created> => (await python.do({ op: "create" })) as Created;
  const resolve = (more: object = {}) => python.do({ op: "resolve", ...named, ...more });

  describe("resolves with its RegistryClient", () => {
    test("what this package publishes, and its renewals, drain and end", async () => {
      const { ticket, author } = await create();
      registry = await openRegistry(node, { address: `${ticket}#${author}` });
      await registry.publish(Testkit, { channels: ["stable"] });
      const advertisement = await registry.advertise(Testkit, { load: () => 0.25 });
      await expect
        .poll(() => resolve({ version: undefined, channel: "stable" }), patient)
        .toEqual({
          endpoint_id: node.id,
          contract_id: contractId,
          service: "Testkit",
          version: 1,
          lease_expires_epoch_ms: expect.any(Number),
          lease_seq: 1,
          alpn: "aster/1",
          serialization_modes: expect.arrayContaining(["fory-xlang"]),
          feature_flags: [],
          relay_url: null,
          direct_addrs: node.address().directAddresses,
          load: 0.25,
          language_runtime: expect.stringMatching(/^node\//),
          aster_version: "0.2.0",
          policy_realm: null,
          health_status: "ready",
          tags: [],
          updated_at_epoch_ms: expect.any(Number),
        });
      await advertisement.refresh();
      await expect.poll(() => resolve(), patient).toMatchObject({ lease_seq: 2 });
      await advertisement.withdraw({ graceMs: 0 });
      await expect.poll(() => resolve(), patient).toBeNull();
    });

    test("and fetches the collection", async () => {
      const { ticket, author } = await create();
      registry = await openRegistry(node, { address: `${ticket}#${author}` });
      const { collectionHash } = await registry.publish(Testkit);
      const command = { op: "fetch", collectionHash, contractId, endpointId: node.id };
      const fetched = () => python.do(command).catch(() => undefined);
      const bytes = Buffer.from(canonicalBytes(Testkit)).toString("hex");
      await expect.poll(fetched, patient).toBe(bytes);
    });

    test("in a registry of this package", async () => {
      registry = await openRegistry(node);
      await registry.publish(Testkit);
      await registry.advertise(Testkit);
      const [ticket] = (await registry.writerTicket()).split("#");
      await python.do({ op: "join", ticket });
      await expect.poll(() => resolve(), patient).toMatchObject({ endpoint_id: node.id });
    });

    test("within the writers that this package has set", async () => {
      registry = await openRegistry(node);
      const [ticket] = (await registry.writerTicket()).split("#");
      const { author } = (await python.do({ op: "join", ticket })) as Created;
      await registry.setAccessList("writers", [author]);
      const writers = () => python.do({ op: "reloadAcl" });
      await expect.poll(writers, patient).toEqual([registry.author, author].sort());
    });
  });

  describe("publishes with its RegistryPublisher", () => {
    test.each([
      ["as one blob", false],
      ["as a collection", true],
    ])("a contract %s", async (_, collection) => {
      const { ticket, author } = await create();
      await python.do({ op: "publish", channel: "stable", collection });
      registry = await openRegistry(node, { address: `${ticket}#${author}` });
      const channel = { service: "Testkit", channel: "stable" };
      const found = () => registry?.resolve(channel).catch(({ code }) => code);
      await expect.poll(found, patient).toBe("unavailable");
      expect(await registry.contract(contractId)).toEqual(canonicalBytes(Testkit));
    });

    test("leases, their health and their end", async () => {
      const { ticket, author } = await create();
      registry = await openRegistry(node, { address: `${ticket}#${author}` });
      await python.do({ op: "publish" });
      const { endpointId, directAddresses } = theirs;
      const lease = { ...named, contractId, endpointId, directAddresses };
      await python.do({ op: "advertise", ...lease, health: "starting" });
      await python.do({ op: "setHealth", health: "degraded" });
      const { leases } = await registry.resolve(named, wait);
      expect(leases).toMatchObject([
        { endpointId, healthStatus: "degraded", leaseSeq: 2, directAddrs: directAddresses },
      ]);
      await python.do({ op: "withdraw" });
      const found = () => registry?.resolve(named).catch(({ code }) => code);
      await expect.poll(found, patient).toBe("unavailable");
      expect(registry.stats().ignored).toMatchObject({ malformed: 0, unknown: 0 });
    });

    test("a list of writers", async () => {
      const { ticket, author } = await create();
      registry = await openRegistry(node, { address: ticket });
      await python.do({ op: "addWriter", author: "ab".repeat(32) });
      await expect.poll(() => registry?.accessList("writers"), patient).toEqual(["ab".repeat(32)]);
      expect(registry.owner).toBe(author);
    });
  });

  test("exchanges notices with its RegistryGossip", async () => {
    const { ticket, author, namespace } = await create();
    registry = await openRegistry(node, { address: `${ticket}#${author}` });
    const topic = registryTopicOf(namespace);
    await python.do({ op: "joinTopic", topic, peers: [node.id] });
    const event = python.do({ op: "nextEvent", type: 2 });
    const advertisement = await registry.advertise(Testkit);
    const renewals = setInterval(() => void advertisement.refresh(), 500);
    expect(await event).toMatchObject({ service: "Testkit", endpointId: node.id });
    clearInterval(renewals);
    const down = python.do({ op: "nextEvent", type: 3 });
    await advertisement.withdraw({ graceMs: 0 });
    expect(await down).toMatchObject({ service: "Testkit", endpointId: node.id });
  });

  test("serves the contract and the manifest of its AsterServer", async () => {
    const { address, namespace } = (await python.do({ op: "serve" })) as Record<string, string>;
    registry = await openRegistry(node, { address: `${namespace}@${address}` });
    const { service, contract_id, methods } = await registry.manifest(contractId);
    expect([service, contract_id]).toEqual(["Testkit", contractId]);
    expect(methods.length).toBeGreaterThan(0);
  });
});
