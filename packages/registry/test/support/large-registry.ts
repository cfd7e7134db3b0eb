// A registry with many contracts and leases, over a document on a node.
import { blake3 } from "@aster/contract/model";
import type { Node } from "@aster/transport";
import { docsOf } from "@aster/transport/docs";
import { loopbackNode } from "@aster/transport/testing";
import { vi } from "vitest";
import {
  encodeArtifactRef,
  encodeLease,
  newLease,
  openRegistry,
  type Registry,
  type RegistryKey,
  registryKey,
} from "../../src/index.ts";
import { hexOf } from "../../src/publish/contract-collection.ts";

/** The services among which the leases are divided. */
const SERVICES = 10;
/** Entries that are written at a time. */
const WRITES = 64;

export interface Sizes {
  readonly contracts: number;
  readonly leases: number;
}

const idOf = (number: number): string => hexOf(blake3(Buffer.from(`${number}`)));
const encoder = new TextEncoder();
/** Long enough for a busy machine. */
const patient = { timeout: 600_000, interval: 20 };

function* entriesOf(
  registry: Registry,
  sizes: Sizes,
): Generator<readonly [RegistryKey, Uint8Array]> {
  for (let number = 0; number < sizes.contracts; number++) {
    const contractId = idOf(number);
    const ref = encodeArtifactRef({
      contractId,
      collectionHash: contractId,
      publishedBy: registry.author,
      publishedAtEpochMs: 1,
      collectionFormat: "raw",
    });
    yield [{ kind: "contract", contractId }, ref];
  }
  for (let number = 0; number < SERVICES; number++) {
    const service = `S${number}`;
    yield [{ kind: "version", service, version: 1 }, encoder.encode(idOf(number))];
  }
  for (let number = 0; number < sizes.leases; number++) {
    const kind = number % SERVICES;
    const lease = newLease(
      {
        endpointId: idOf(number),
        contractId: idOf(kind),
        service: `S${kind}`,
        version: 1,
        healthStatus: "ready",
        load: (number % 7) / 7,
        directAddrs: ["192.0.2.1:4433"],
      },
      Date.now(),
    );
    const { service, contractId, endpointId } = lease;
    yield [{ kind: "lease", service, contractId, endpointId }, encodeLease(lease)];
  }
}

/** Writes contracts, versions and leases into the document of an open registry. */
async function fillRegistry(node: Node, registry: Registry, sizes: Sizes): Promise<void> {
  await using doc = await docsOf(node).open(registry.namespace);
  const writing = new Set<Promise<unknown>>();
  for (const [key, value] of entriesOf(registry, sizes)) {
    const write = doc.set(registryKey(key), value).finally(() => writing.delete(write));
    writing.add(write);
    if (writing.size >= WRITES) await Promise.race(writing);
  }
  await Promise.all(writing);
}

/** The times of a reader of a large registry, in milliseconds. */
export interface LargeFigures {
  /** From the join until all entries are here. */
  readonly joinMs: number;
  /** The median of resolves. */
  readonly resolveMs: number;
}

const WATCHERS = 100;
const SAMPLES = 200;

/**
 * Fills a registry on one node, reads it on another with 100 watchers, and checks that no entry is
 * lost.
 */
export async function measureLargeRegistry(sizes: Sizes): Promise<LargeFigures> {
  await using server = await loopbackNode({ protocols: ["docs"] });
  await using source = await openRegistry(server);
  await fillRegistry(server, source, sizes);
  const entries = sizes.contracts + sizes.leases + SERVICES;
  const holdsAll = (registry: Registry) => () => registry.stats().entries >= entries;
  await vi.waitUntil(holdsAll(source), patient);

  await using node = await loopbackNode({ protocols: ["docs"] });
  const joinedAt = performance.now();
  await using reader = await openRegistry(node, { address: source.address, timeoutMs: 600_000 });
  await vi.waitUntil(holdsAll(reader), patient);
  const joinMs = performance.now() - joinedAt;

  const stop = new AbortController();
  const seen = Array.from({ length: WATCHERS }, () => 0);
  const watching = seen.map(async (_, at) => {
    const service = `S${at % SERVICES}`;
    for await (const { kind } of reader.watch({ service, signal: stop.signal })) {
      if (kind === "lease") seen[at] = (seen[at] ?? 0) + 1;
    }
  });
  await vi.waitUntil(() => seen.every((count) => count >= sizes.leases / SERVICES), patient);
  const times: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const startedAt = performance.now();
    await reader.resolve({ service: `S${sample % SERVICES}`, version: 1, strategy: "least-load" });
    times.push(performance.now() - startedAt);
  }
  stop.abort();
  await Promise.all(watching);
  times.sort((left, right) => left - right);
  return { joinMs, resolveMs: times[SAMPLES / 2] ?? 0 };
}
