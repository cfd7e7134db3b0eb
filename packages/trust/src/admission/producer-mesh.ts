import { randomBytes } from "node:crypto";
import type { EndpointId } from "@aster/transport";
import { blake3 } from "@noble/hashes/blake3.js";
import { AdmissionError } from "../error.ts";
import { bytesToHex, hexToBytes, isHex } from "../hex.ts";
import { admissionLimits } from "../protocol.ts";

export interface ProducerMeshOptions {
  /** The root key of the mesh: 64 lower-case hex characters. */
  readonly rootPubkey: string;
  /** Shared by all producers of the mesh, 64 lower-case hex characters. Default: random. */
  readonly salt?: string | undefined;
  /** The producers that are accepted from the start, such as this one, without an end. */
  readonly producers?: readonly EndpointId[] | undefined;
}

const TOPIC_DOMAIN = Buffer.from("aster-producer-mesh");

/**
 * The producers of one root key that accept each other, and the salt of the gossip topic that they
 * share. It is in memory and holds at most 960 producers.
 */
export class ProducerMesh {
  readonly rootPubkey: string;
  readonly salt: string;
  /** The gossip topic: 64 hex characters. */
  readonly topic: string;
  /** The end of each acceptance in epoch milliseconds. */
  readonly #producers: Map<EndpointId, number> = new Map();

  /** Throws `AdmissionError` `"option"` for a key or salt that is not well-formed. */
  constructor(options: ProducerMeshOptions) {
    const { rootPubkey, salt = randomBytes(32).toString("hex"), producers = [] } = options;
    for (const [name, text] of Object.entries({ rootPubkey, salt })) {
      if (isHex(text, 32)) continue;
      throw new AdmissionError("option", `option ${name} must be 64 lower-case hex characters`);
    }
    this.rootPubkey = rootPubkey;
    this.salt = salt;
    this.topic = gossipTopicOf(rootPubkey, salt);
    for (const endpointId of producers) this.accept(endpointId);
  }

  /** The accepted producers, sorted, without those whose acceptance is over. */
  get producers(): readonly EndpointId[] {
    const nowMs = Date.now();
    for (const [endpointId, expiresAtMs] of this.#producers) {
      if (expiresAtMs <= nowMs) this.#producers.delete(endpointId);
    }
    return [...this.#producers.keys()].sort();
  }

  /**
   * Accepts a producer, or prolongs its acceptance. Returns `false` if the mesh is full.
   * `expiresAtMs` is in epoch milliseconds; by default the acceptance has none.
   */
  accept(endpointId: EndpointId, expiresAtMs: number = Number.POSITIVE_INFINITY): boolean {
    const isKnown = this.#producers.has(endpointId);
    if (!isKnown && this.producers.length >= admissionLimits.producers) return false;
    this.#producers.set(endpointId, expiresAtMs);
    return true;
  }

  /** Removes a producer. Returns `false` if it was not accepted. */
  remove(endpointId: EndpointId): boolean {
    return this.#producers.delete(endpointId);
  }

  has(endpointId: EndpointId): boolean {
    return (this.#producers.get(endpointId) ?? 0) > Date.now();
  }
}

/**
 * Returns the gossip topic of a mesh: BLAKE3 of the root key, a domain and the salt. Arguments and
 * result have 64 hex characters.
 */
export function gossipTopicOf(rootPubkey: string, salt: string): string {
  const hash = blake3.create();
  hash.update(hexToBytes(rootPubkey)).update(TOPIC_DOMAIN).update(hexToBytes(salt));
  return bytesToHex(hash.digest());
}
