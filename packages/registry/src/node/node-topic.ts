import { blake3 } from "@aster/contract/model";
import type { Node } from "@aster/transport";
import { gossipOf, type Topic } from "@aster/transport/gossip";
import type { RegistryTopic } from "../document/document.ts";
import { hexOf } from "../publish/contract-collection.ts";

const LABEL = "aster-registry";

/** The topic of the notices of a registry: BLAKE3 of the namespace and `aster-registry`. */
export function registryTopicOf(namespace: string): string {
  return hexOf(blake3(Buffer.concat([Buffer.from(namespace, "hex"), Buffer.from(LABEL)])));
}

/** The notices of a registry, in iroh-gossip. */
export class NodeTopic implements RegistryTopic {
  readonly #topic: Topic;

  constructor(node: Node, namespace: string, peers: readonly string[]) {
    this.#topic = gossipOf(node).join(registryTopicOf(namespace), { peers });
  }

  broadcast(message: Uint8Array): Promise<void> {
    return this.#topic.broadcast(message);
  }

  async *messages(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    signal.addEventListener("abort", () => this.#topic.leave(), { once: true });
    for await (const event of this.#topic) if (event.kind === "message") yield event.content;
  }

  /** Connects to another member. A failure has no effect: the topic tries others. */
  addPeer(peer: string): void {
    void this.#topic.addPeers([peer]).catch(() => {});
  }
}
