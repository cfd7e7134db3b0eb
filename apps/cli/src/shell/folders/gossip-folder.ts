import { registryTopicOf } from "@aster/registry";
import { gossipOf } from "@aster/transport/gossip";
import type { ShellPeer } from "../shell-peer.ts";
import { type Folder, missing } from "./folder.ts";

const TOPIC = /^[0-9a-f]{64}$/;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** `/gossip`: topics by id. That of the registry is listed. */
export function gossipFolder(peer: ShellPeer): Folder {
  const own = (): string => registryTopicOf((peer.registryAddress ?? "").slice(0, 64));
  return {
    name: "gossip",
    note: "topics by id; that of the registry is listed",
    async list([topic]) {
      if (topic === undefined) {
        return [{ name: own(), kind: "topic", note: "notices of the registry" }];
      }
      if (TOPIC.test(topic)) return undefined;
      throw missing(`/gossip/${topic}`, topic, [own()]);
    },
    async *watch([topic = own()], signal) {
      const { address } = peer;
      using joined = gossipOf(peer.client.node).join(topic, { peers: [address], signal });
      for await (const { kind: event, ...fields } of joined) {
        if (!("content" in fields)) {
          yield { value: { event, ...fields }, text: event };
          continue;
        }
        const { from, content } = fields;
        const text = textOf(content);
        // a message that is not text
        const base64 = text === undefined && Buffer.from(content).toString("base64");
        yield {
          value: { event, from, ...(base64 ? { base64 } : { text }) },
          text: text ?? `base64 ${base64}`,
        };
      }
    },
  };
}

function textOf(content: Uint8Array): string | undefined {
  try {
    return utf8.decode(content);
  } catch {
    return undefined;
  }
}
