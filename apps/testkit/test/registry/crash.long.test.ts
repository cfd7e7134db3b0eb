// Producers that are killed: their leases end, clients go on elsewhere, and replicas keep the
// contracts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contractIdOf } from "@aster/contract";
import { openRegistry, type Registry, type RegistryEvent } from "@aster/registry";
import { AsterClient } from "@aster/rpc";
import { createNode, formatTicket, generateSecretKey, ticketFor } from "@aster/transport";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Child } from "../../src/process/child.ts";
import { Testkit } from "../../src/services/testkit.ts";
import { printed } from "../support/printed.ts";
import { type Ready, testkit } from "../support/testkit-process.ts";

const contractId = contractIdOf(Testkit);
const LEASE_MS = 3_000;
/** Less than a lease without the option. */
const WAIT_MS = 10 * LEASE_MS;

let folder: string;
const children: Child[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aster-testkit-crash-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.signal("SIGKILL");
    await child.exited;
  }
  rmSync(folder, { recursive: true });
});

interface Producer extends Ready {
  readonly child: Child;
  readonly registry: { readonly namespace: string; readonly author: string };
}

async function producer(...args: readonly string[]): Promise<Producer> {
  const registry = ["--registry", "--lease-ms", String(LEASE_MS), ...args];
  const child = testkit("serve", "--bind", "127.0.0.1:0", ...registry);
  children.push(child);
  const isReady = (value: unknown): value is Omit<Producer, "child"> =>
    "ready" in (value as object);
  return { child, ...(await child.line(isReady, 60_000)) };
}

async function kill({ child }: Producer): Promise<void> {
  child.signal("SIGKILL");
  expect(await child.exited).toBe("SIGKILL");
}

/** A replica in this process, with a store. The caller closes both. */
async function replica(secretKey: Uint8Array, address: string, timeoutMs: number) {
  const node = await createNode({
    secretKey,
    network: "none",
    protocols: ["docs"],
    storage: join(folder, "replica"),
  });
  const registry = await openRegistry(node, { address, timeoutMs });
  const close = () => node.close();
  return { registry, address: formatTicket(ticketFor(node.address())), close };
}

/** Resolves when the watch shows that the endpoint is gone. */
async function gone(registry: Registry, endpointId: string): Promise<void> {
  const isEnd = (event: RegistryEvent) =>
    event.kind === "down" && event.service === "Testkit" && event.endpointId === endpointId;
  const signal = AbortSignal.timeout(WAIT_MS);
  for await (const event of registry.watch({ signal })) if (isEnd(event)) return;
  throw new Error(`the lease of ${endpointId} did not end in ${WAIT_MS} ms`);
}

it("survives the kill of its producers", async () => {
  const [ticket, store] = [join(folder, "ticket"), join(folder, "store")];
  const first = await producer("--registry-ticket", ticket, "--registry-store", store);
  const second = await producer("--join", ticket);
  const { namespace, author } = first.registry;
  const address = `${namespace}@${second.address}#${author}`;
  const secretKey = generateSecretKey();
  const before = await replica(secretKey, `${namespace}@${first.address}#${author}`, 20_000);
  const manifest = await before.registry.manifest(contractId);
  const local = { network: "none", identity: false } as const;
  {
    await using client = await AsterClient.connect({
      service: Testkit,
      registry: address,
      ...local,
    });
    const proxy = client.client(Testkit);
    expect(await proxy.sleep({ ms: 0 })).toBeDefined();
    const [lost, left] = client.peer === first.id ? [first, second] : [second, first];
    const end = gone(before.registry, lost.id);
    await kill(lost);
    expect(await proxy.sleep({ ms: 0 })).toBeDefined();
    expect(client.peer).toBe(left.id);
    await end;
    const { leases } = await before.registry.resolve(
      { service: "Testkit", contractId },
      // a busy machine may renew late
      { waitMs: WAIT_MS },
    );
    expect(leases.map(({ endpointId }) => endpointId)).toEqual([left.id]);
    const last = gone(before.registry, left.id);
    await kill(left);
    await last;
  }
  // no publisher is left
  const read = ["registry", "manifest", "--namespace", namespace, "--contract", contractId];
  const shown = await printed(...read, "--peer", before.address);
  expect(shown).toMatchObject({ code: 0, lines: [JSON.parse(JSON.stringify(manifest))] });
  await before.registry.close();
  await before.close();

  // no peer answers
  const after = await replica(secretKey, address, 500);
  expect(await after.registry.manifest(contractId)).toEqual(manifest);
  await after.registry.close();
  await after.close();

  const restarted = await producer("--registry-store", store);
  expect(restarted.registry).toMatchObject({ namespace, author });
  restarted.child.signal("SIGTERM");
  expect(await restarted.child.exited).toBe(0);
});
