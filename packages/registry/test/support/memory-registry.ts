import { wireType } from "@aster/codec";
import { defineService, type ServiceDefinition, unary } from "@aster/contract";
import { z } from "zod";
import type { Clock } from "../../src/clock.ts";
import { Registry } from "../../src/registry.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryBlobs, MemoryTopic } from "./memory-blobs.ts";
import { MemoryDocument } from "./memory-document.ts";

export const NAMESPACE: string = "11".repeat(32);
export const OWNER: string = "aa".repeat(32);

/** An id of 64 hex characters from a number. */
export function idOf(number: number): string {
  return number.toString(16).padStart(64, "0");
}

const Name = wireType("registry.test/Name", { name: z.string() });
const Text = wireType("registry.test/Text", { text: z.string() });
const greet = unary(Name, Text, { idempotent: true });

export const Greeter: ServiceDefinition = defineService("Greeter", { version: 1 }, { greet });

export const GreeterTwo: ServiceDefinition = defineService(
  "Greeter",
  { version: 2 },
  { greet, part: unary(Name, Text) },
);

export interface MemoryNode {
  readonly registry: Registry;
  readonly document: MemoryDocument;
  readonly endpointId: string;
}

export interface MemoryNodeOptions {
  readonly author?: string;
  readonly owner?: string | undefined;
  readonly endpointId?: string;
  readonly clock?: Clock;
  readonly document?: MemoryDocument;
  readonly gossip?: boolean;
}

/** Nodes in one process that share a document, blobs and a topic. */
export class MemoryMesh implements AsyncDisposable {
  readonly clock: FakeClock = new FakeClock();
  readonly blobs: MemoryBlobs = new MemoryBlobs();
  readonly topic: MemoryTopic = new MemoryTopic();
  readonly nodes: MemoryNode[] = [];

  /** Adds a node that is linked to all others. */
  async add(options: MemoryNodeOptions = {}): Promise<MemoryNode> {
    const number = this.nodes.length + 1;
    const { author = number === 1 ? OWNER : idOf(0xa0_00 + number), clock = this.clock } = options;
    const { endpointId = idOf(0xe0_00 + number), gossip = true } = options;
    const document = options.document ?? new MemoryDocument(NAMESPACE, author, clock);
    const owner = "owner" in options ? options.owner : OWNER;
    const registry = await Registry.over({
      document,
      blobs: this.blobs,
      topic: gossip ? this.topic.member() : undefined,
      clock,
      endpointId,
      owner,
      addresses: () => ({ directAddrs: [`127.0.0.1:${4000 + number}`] }),
      address: (known) => `${NAMESPACE}@${endpointId}#${known}`,
      writerTicket: async () => "docaaaa",
      close: async () => {},
    });
    for (const other of this.nodes) document.link(other.document);
    const node = { registry, document, endpointId };
    this.nodes.push(node);
    return node;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { registry } of this.nodes) await registry.close();
  }
}
