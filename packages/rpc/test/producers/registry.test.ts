// Servers and clients that meet in a registry, over QUIC on 127.0.0.1.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manifestOf } from "@aster/contract/model";
import { openRegistry } from "@aster/registry";
import {
  AsterClient,
  AsterConfig,
  AsterServer,
  type AsterServerOptions,
  defineService,
  implement,
  openGate,
  StatusCode,
  unary,
  wireType,
} from "@aster/rpc";
import { loopbackNode } from "@aster/transport/testing";
import { generateRootKeypair, signCredential } from "@aster/trust";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";

const Nothing = wireType("registries/Nothing", {});
const Name = wireType("registries/Name", { name: z.string() });
const Who = defineService("Who", {}, { name: unary(Nothing, Name, { idempotent: true }) });
const local = {
  config: AsterConfig.of({}),
  identity: false,
  network: "none",
  bindAddress: "127.0.0.1:0",
} as const;
/** Long enough for a busy machine. */
const soon = { timeout: 60_000 };
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function serve(
  name: string,
  options: Partial<AsterServerOptions> & Pick<AsterServerOptions, "registry">,
): Promise<AsterServer> {
  const services = [implement(Who, { name: async () => ({ name }) })];
  const gate = options.rootPubkey === undefined ? { gate: openGate() } : {};
  const server = await AsterServer.start({ ...local, services, ...gate, ...options });
  opened.push(server);
  return server;
}

async function connect(registry: string, options: object = {}): Promise<AsterClient> {
  const client = await AsterClient.connect({
    ...local,
    service: Who,
    registry,
    timeoutMs: 60_000,
    ...options,
  });
  opened.push(client);
  return client;
}

test("a client finds a server by the address of its registry", async () => {
  const server = await serve("a", { registry: {} });
  const client = await connect(server.registry.address);
  expect(client.peer).toBe(server.endpointId);
  expect(await client.client(Who).name({})).toEqual({ name: "a" });
});

test("a client goes on at another server when its server drains", async () => {
  const first = await serve("a", { registry: {} });
  const second = await serve("b", { registry: { join: await first.registry.writerTicket() } });
  const client = await connect(second.registry.address);
  const who = async () => (await client.client(Who).name({})).name;
  const [at, left] = client.peer === first.endpointId ? [first, "b"] : [second, "a"];
  await at.drain();
  await expect.poll(who, soon).toBe(left);
});

test("the lease shows the health of the server", async () => {
  const server = await serve("a", { registry: { realm: "eu" } });
  const lease = async () => (await server.registry.resolve({ service: "Who" })).leases[0];
  expect(await lease()).toMatchObject({ healthStatus: "ready", policyRealm: "eu" });
  expect((await lease())?.load).toBeGreaterThanOrEqual(0);
  server.health.set(false, "Who");
  await expect.poll(() => lease().catch(({ code }) => code), soon).toBe("unavailable");
  server.health.set(true, "Who");
  await expect.poll(() => lease().catch(({ code }) => code), soon).toMatchObject({ leaseSeq: 3 });
});

test("a server withdraws its leases before it closes", async () => {
  const first = await serve("a", { registry: {} });
  const second = await serve("b", { registry: { join: await first.registry.writerTicket() } });
  const leases = async () => (await first.registry.resolve({ service: "Who" })).leases.length;
  await expect.poll(leases, soon).toBe(2);
  await second.close();
  await expect.poll(leases, soon).toBe(1);
});

test("a closed server gives its registry to admitted clients", async () => {
  const root = await generateRootKeypair();
  const server = await serve("a", { rootPubkey: root.publicKey, registry: {} });
  const credential = await signCredential(root.secretKey, { attributes: {} });
  const client = await connect(server.registry.address, { credential });
  expect(await client.client(Who).name({})).toEqual({ name: "a" });
  const stranger = connect(server.registry.address, { timeoutMs: 1_000 });
  await expect(stranger).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
});

test("the admission answer names the registry", async () => {
  const server = await serve("a", { registry: {} });
  const client = await connect(server.registry.address);
  expect(client.services[0]?.name).toBe("Who");
  const node = await loopbackNode({ protocols: ["docs"] });
  opened.push(node);
  const registry = await openRegistry(node, { address: server.registry.address });
  opened.push(registry);
  expect(registry.namespace).toBe(server.registry.namespace);
});

test("a server refuses to start with another contract than the committed one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aster-drift-"));
  opened.push({ close: () => rm(folder, { recursive: true }) });
  await mkdir(join(folder, ".aster"));
  const manifest = join(folder, ".aster", "manifest.json");
  await writeFile(manifest, JSON.stringify({ ...manifestOf(Who), contract_id: "ab".repeat(32) }));
  await expect(serve("a", { registry: { manifest } })).rejects.toMatchObject({
    code: StatusCode.FAILED_PRECONDITION,
    details: { reason: "registry.drift" },
  });
  await writeFile(manifest, JSON.stringify(manifestOf(Who)));
  await serve("a", { registry: { manifest } });
});

test("a server without a registry says so", async () => {
  const server = await serve("a", { registry: undefined });
  expect(() => server.registry).toThrow(
    expect.objectContaining({ code: StatusCode.FAILED_PRECONDITION }),
  );
});

test.each([
  ["registry", 7],
  ["registry.storage", { storage: "" }],
  ["registry.join", { join: 1 }],
  ["registry.channels", { channels: "stable" }],
])("refuses a bad option: %s", async (option, registry) => {
  await expect(serve("a", { registry: registry as object })).rejects.toMatchObject({
    code: StatusCode.INVALID_ARGUMENT,
    details: { option },
  });
});

test("refuses an address that cannot be read", async () => {
  await expect(connect("registry")).rejects.toMatchObject({ code: StatusCode.INVALID_ARGUMENT });
});
