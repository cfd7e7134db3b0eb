import type { NativeNode, NativeTopic, NativeTopicEvent } from "@aster/native";
import { parseAddress } from "../address/address.ts";
import type { EndpointAddress, EndpointId } from "../address/endpoint.ts";
import { providerOf } from "../address/provider.ts";
import { TransportError } from "../error.ts";
import type { Node } from "../node.ts";
import { wrongOption } from "../option.ts";
import { failureOf, nativeOf, operate } from "../quic/operation.ts";

/**
 * An event of a topic.
 *
 * - `"message"`: a member sent `content`; the neighbor `from` delivered it, and may have changed it
 * - `"neighborUp"`, `"neighborDown"`: a direct connection to a member began or ended
 * - `"lagged"`: `lost` events were dropped, because they were not read in time
 */
export type TopicEvent =
  | { readonly kind: "message"; readonly from: EndpointId; readonly content: Uint8Array }
  | { readonly kind: "neighborUp" | "neighborDown"; readonly peer: EndpointId }
  | { readonly kind: "lagged"; readonly lost: number };

export interface JoinOptions {
  /** Members through which the topic is joined. Without any, the node waits for others. */
  readonly peers?: readonly (EndpointAddress | string)[] | undefined;
  /** Leaves the topic. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A topic that the node has joined. It yields its events, once; 1024 of them wait for a slow
 * reader, then the oldest are dropped. The iteration ends when the topic is left or the node
 * closes.
 */
export interface Topic extends AsyncIterable<TopicEvent>, Disposable {
  /** 64 hex characters. */
  readonly id: string;
  /** Resolves when there is a neighbor. */
  joined(): Promise<void>;
  /**
   * Sends up to 3968 bytes to all members, or to the neighbors only. It does not wait for their
   * delivery, which is not guaranteed. Rejects with `"limit"` for more bytes.
   */
  broadcast(message: Uint8Array, options?: { readonly to?: "all" | "neighbors" }): Promise<void>;
  /** Connects to more members. */
  addPeers(peers: readonly (EndpointAddress | string)[]): Promise<void>;
  /** Leaves the topic. */
  leave(): void;
}

/** The topics of a node. */
export interface Gossip {
  /**
   * Joins a topic, by its 64 hex characters, and returns at once. Throws a `TransportError`
   * `"option"` or `"address"`.
   */
  join(topic: string, options?: JoinOptions): Topic;
}

/**
 * Returns the gossip of a node over QUIC whose `protocols` name `"gossip"` or `"docs"`.
 *
 * Throws a `TransportError` `"option"` for other nodes.
 */
export function gossipOf(node: Node): Gossip {
  const native = nativeOf(node, "gossipOf");
  if (!native.servesGossip()) {
    throw new TransportError("option", 'gossipOf needs a node with protocols: ["gossip"]');
  }
  return { join: (topic, options = {}) => join(native, topic, options) };
}

function join(native: NativeNode, id: string, { peers = [], signal }: JoinOptions): Topic {
  signal?.throwIfAborted();
  const topic = joinTopic(native, id, peers);
  const leave = (): void => {
    signal?.removeEventListener("abort", leave);
    topic.close();
  };
  signal?.addEventListener("abort", leave, { once: true });
  return {
    id,
    joined: () => operate(() => topic.joined()),
    broadcast: (message, { to = "all" } = {}) =>
      operate(() => {
        if (to !== "all" && to !== "neighbors") throw wrongOption("to", '"all" or "neighbors"', to);
        return topic.broadcast(message, to === "neighbors");
      }),
    addPeers: (more) => operate(() => topic.joinPeers(more.map(providerOfPeer))),
    leave,
    [Symbol.asyncIterator]: () => events(topic),
    [Symbol.dispose]: leave,
  };
}

function joinTopic(
  native: NativeNode,
  id: string,
  peers: readonly (EndpointAddress | string)[],
): NativeTopic {
  try {
    return native.joinTopic(id, peers.map(providerOfPeer));
  } catch (reason) {
    throw failureOf(reason);
  }
}

function providerOfPeer(peer: EndpointAddress | string): ReturnType<typeof providerOf> {
  return providerOf(parseAddress(peer));
}

async function* events(topic: NativeTopic): AsyncGenerator<TopicEvent, void, undefined> {
  for (;;) {
    const batch = await nextOf(topic);
    if (batch.length === 0) return;
    for (const event of batch) yield eventOf(event);
  }
}

/** The next events, and none when the node has closed. */
async function nextOf(topic: NativeTopic): Promise<NativeTopicEvent[]> {
  try {
    return await operate(() => topic.next());
  } catch (reason) {
    if (reason instanceof TransportError && reason.code === "closed") return [];
    throw reason;
  }
}

function eventOf({ kind, peer = "", content, lost = 0 }: NativeTopicEvent): TopicEvent {
  switch (kind) {
    case "message":
      return { kind, from: peer, content: content ?? new Uint8Array() };
    case "lagged":
      return { kind, lost };
    default:
      return { kind, peer };
  }
}
