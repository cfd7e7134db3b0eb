import { blake3 } from "@aster/contract/model";
import type {
  BlobLocation,
  NamedBlob,
  RegistryBlobs,
  RegistryTopic,
} from "../../src/document/document.ts";
import { RegistryError } from "../../src/error.ts";
import { hexOf } from "../../src/publish/contract-collection.ts";
import { Queue } from "./memory-document.ts";

/** Blobs that all nodes of a test share. */
export class MemoryBlobs implements RegistryBlobs {
  readonly #collections = new Map<string, NamedBlob[]>();

  async addCollection(blobs: readonly NamedBlob[]): Promise<{ hash: string; ticket: string }> {
    const names = new TextEncoder().encode(JSON.stringify(blobs.map(({ name }) => name)));
    const hash = hexOf(blake3(Buffer.concat([names, ...blobs.map(({ content }) => content)])));
    this.#collections.set(hash, [...blobs]);
    return { hash, ticket: `blob${hash}` };
  }

  async fetch({ hash }: BlobLocation): Promise<NamedBlob[]> {
    const blobs = this.#collections.get(hash);
    if (blobs === undefined) throw new RegistryError("missing", "no peer has the collection");
    return blobs;
  }

  /** Replaces the bytes of a collection, as a dishonest publisher does. */
  replace(hash: string, blobs: NamedBlob[]): void {
    this.#collections.set(hash, blobs);
  }
}

/** A gossip topic whose members are in one process. */
export class MemoryTopic {
  readonly #queues = new Map<object, Queue<Uint8Array>>();

  /** Sends to every member but `from`. */
  send(message: Uint8Array | string, from?: object): void {
    const bytes = typeof message === "string" ? new TextEncoder().encode(message) : message;
    for (const [member, queue] of this.#queues) if (member !== from) queue.push(bytes);
  }

  member(): RegistryTopic {
    const member: RegistryTopic = {
      broadcast: async (message) => this.send(message, member),
      messages: (signal) => {
        const queue = new Queue<Uint8Array>();
        this.#queues.set(member, queue);
        return queue.read(signal);
      },
    };
    return member;
  }
}
