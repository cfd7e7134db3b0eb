import type { EndpointId } from "@aster/transport";
import type { ProducerMesh } from "../admission/producer-mesh.ts";
import { verifyProducerCredential } from "../credential/verify.ts";
import type { Revocations } from "../revocation/revocations.ts";
import type { ClockDrift } from "./clock-drift.ts";
import { MessageRate } from "./message-rate.ts";
import {
  isSignedBySender,
  type ProducerMessage,
  parseProducerMessage,
} from "./producer-message.ts";
import { type ProducerNotice, parseNotice } from "./producer-notice.ts";

/**
 * The reason why a message was ignored.
 *
 * - `"flood"`: its neighbor or its sender sends too many
 * - `"malformed"`: it is not a message of a producer, or its payload cannot be read
 * - `"time"`: its time differs from that of this node by more than the replay window
 * - `"stranger"`: its sender is not a member, and did not introduce itself with a credential
 * - `"signature"`: its sender did not sign it
 * - `"replayed"`: it was received before, or its sender has departed since
 * - `"isolated"`: the clock of its sender deviates from those of the other members
 * - `"unknown"`: this version does not know its type
 */
export type IgnoredMessage =
  | "flood"
  | "malformed"
  | "time"
  | "stranger"
  | "signature"
  | "replayed"
  | "isolated"
  | "unknown";

export interface MessageJudgeParts {
  readonly mesh: ProducerMesh;
  readonly drift: ClockDrift;
  readonly revocations: Pick<Revocations, "isRevoked">;
  readonly self: EndpointId;
  readonly replayWindowMs: number;
}

/** A message that counts. */
export interface JudgedMessage {
  readonly message: ProducerMessage;
  readonly notice: ProducerNotice;
}

/** Neighbors forward the messages of all members. */
const OF_NEIGHBOR = { burst: 2_000, perSecond: 200 };
const OF_SENDER = { burst: 100, perSecond: 2 };
/** Messages of one sender within the replay window that are remembered. */
const MOST_SEEN = 512;
const MOST_DEPARTED = 4_096;

/** Decides which messages on the topic of a mesh count, in the order of docs/wire.md, "Mesh". */
export class MessageJudge {
  readonly #parts: MessageJudgeParts;
  readonly #neighbors = new MessageRate(OF_NEIGHBOR);
  readonly #senders = new MessageRate(OF_SENDER);
  /** The signatures of the messages of each sender, and their times. */
  readonly #seen = new Map<EndpointId, Map<string, number>>();
  /** The times of the departures. */
  readonly #departed = new Map<EndpointId, number>();

  constructor(parts: MessageJudgeParts) {
    this.#parts = parts;
  }

  /**
   * Judges the bytes that the neighbor `from` delivered. `nowMs` is the epoch time, `tickMs` a
   * monotonic one.
   */
  judge(
    bytes: Uint8Array,
    from: EndpointId,
    nowMs: number,
    tickMs: number,
  ): JudgedMessage | IgnoredMessage {
    if (!this.#neighbors.take(from, tickMs)) return "flood";
    const message = parsed(bytes);
    if (message === undefined) return "malformed";
    const { mesh, drift, revocations, self, replayWindowMs } = this.#parts;
    const { sender, epochMs } = message;
    if (Math.abs(nowMs - epochMs) > replayWindowMs) return "time";
    if (sender === self) return "replayed";
    if (revocations.isRevoked(sender)) return "stranger";
    if (epochMs <= (this.#departed.get(sender) ?? -1)) return "replayed";
    const notice = noticeOf(message);
    const isMember = mesh.has(sender);
    if (!isMember && !(notice !== undefined && this.#isIntroduced(message, notice, nowMs))) {
      return "stranger";
    }
    if (!isSignedBySender(message)) return "signature";
    // after the signature, so that a member cannot use up the rate of another one
    if (!this.#senders.take(sender, tickMs)) return "flood";
    const fresh = this.#remember(message, nowMs);
    if (fresh !== true) return fresh;
    const drifts = drift.observe(sender, epochMs, nowMs);
    if (notice === undefined) return "malformed";
    if (notice === "unknown") return "unknown";
    const isOffer = notice.kind === "contractPublished" || notice.kind === "leaseUpdate";
    if (drifts && isOffer) return "isolated";
    return { message, notice };
  }

  /** Remembers that a member has departed: its messages until then do not count again. */
  departed({ sender, epochMs }: ProducerMessage): void {
    if (this.#departed.size >= MOST_DEPARTED) this.#departed.clear();
    this.#departed.set(sender, epochMs);
    this.#seen.delete(sender);
    this.#parts.drift.remove(sender);
  }

  /** Forgets what is outside of the replay window. */
  sweep(nowMs: number, tickMs: number): void {
    this.#neighbors.sweep(tickMs);
    this.#senders.sweep(tickMs);
    const oldestMs = nowMs - this.#parts.replayWindowMs;
    for (const [sender, seen] of this.#seen) {
      forgetBefore(seen, oldestMs);
      if (seen.size === 0) this.#seen.delete(sender);
    }
    forgetBefore(this.#departed, oldestMs);
  }

  #isIntroduced(
    { sender }: ProducerMessage,
    notice: ProducerNotice | "unknown",
    nowMs: number,
  ): boolean {
    if (notice === "unknown" || notice.kind !== "introduce") return false;
    if (notice.credential === undefined) return false;
    const { rootPubkey } = this.#parts.mesh;
    try {
      verifyProducerCredential(notice.credential, { rootPubkey, endpointId: sender, nowMs });
      return true;
    } catch {
      return false;
    }
  }

  #remember({ sender, signature, epochMs }: ProducerMessage, nowMs: number): true | IgnoredMessage {
    const seen = this.#seen.get(sender) ?? new Map<string, number>();
    this.#seen.set(sender, seen);
    const key = Buffer.from(signature).toString("base64");
    if (seen.has(key)) return "replayed";
    if (seen.size >= MOST_SEEN) forgetBefore(seen, nowMs - this.#parts.replayWindowMs);
    if (seen.size >= MOST_SEEN) return "flood";
    seen.set(key, epochMs);
    return true;
  }
}

function parsed(bytes: Uint8Array): ProducerMessage | undefined {
  try {
    return parseProducerMessage(bytes);
  } catch {
    return undefined;
  }
}

/** The content; `undefined` if it cannot be read. */
function noticeOf({ type, payload }: ProducerMessage): ProducerNotice | "unknown" | undefined {
  try {
    return parseNotice(type, payload) ?? "unknown";
  } catch {
    return undefined;
  }
}

function forgetBefore(times: Map<string, number>, oldestMs: number): void {
  for (const [key, epochMs] of times) if (epochMs < oldestMs) times.delete(key);
}
