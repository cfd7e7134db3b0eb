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
  /**
   * The mesh exists elsewhere: until {@link ProducerMesh.adopt} is called with its salt, no
   * producer is admitted. Default: false.
   */
  readonly isJoining?: boolean | undefined;
}

/** Receives a change of the producers of a mesh. */
export type MeshListener = (endpointId: EndpointId, isAccepted: boolean) => void;

const TOPIC_DOMAIN = Buffer.from("aster-producer-mesh");

/**
 * The producers of one root key that accept each other, and the salt of the gossip topic that they
 * share. It is in memory and holds at most 960 producers.
 */
export class ProducerMesh {
  readonly rootPubkey: string;
  /** The end of each acceptance in epoch milliseconds. */
  readonly #producers: Map<EndpointId, number> = new Map();
  readonly #listeners: Set<MeshListener> = new Set();
  #salt: string;
  #isJoining: boolean;

  /** Throws `AdmissionError` `"option"` for a key or salt that is not well-formed. */
  constructor(options: ProducerMeshOptions) {
    const { rootPubkey, salt = randomBytes(32).toString("hex"), producers = [] } = options;
    checkHex("rootPubkey", rootPubkey);
    checkHex("salt", salt);
    this.rootPubkey = rootPubkey;
    this.#salt = salt;
    this.#isJoining = options.isJoining === true;
    for (const endpointId of producers) this.accept(endpointId);
  }

  /** 64 lower-case hex characters. */
  get salt(): string {
    return this.#salt;
  }

  /** The gossip topic: 64 hex characters. */
  get topic(): string {
    return gossipTopicOf(this.rootPubkey, this.#salt);
  }

  /** The salt of the mesh is not known yet, so that no producer can be admitted. */
  get isJoining(): boolean {
    return this.#isJoining;
  }

  /**
   * Takes the salt of the mesh that this node has joined. Throws `AdmissionError` `"option"` for a
   * salt that is not well-formed.
   */
  adopt(salt: string): void {
    checkHex("salt", salt);
    this.#salt = salt;
    this.#isJoining = false;
  }

  /** The accepted producers, sorted, without those whose acceptance is over. */
  get producers(): readonly EndpointId[] {
    this.sweep();
    return [...this.#producers.keys()].sort();
  }

  /** The end of an acceptance in epoch milliseconds; `Infinity` for none. */
  endOf(endpointId: EndpointId): number | undefined {
    return this.#producers.get(endpointId);
  }

  /**
   * Accepts a producer, or changes the end of its acceptance. Returns `false` if the mesh is full.
   * `expiresAtMs` is in epoch milliseconds; by default the acceptance has none.
   */
  accept(endpointId: EndpointId, expiresAtMs: number = Number.POSITIVE_INFINITY): boolean {
    const isKnown = this.#producers.has(endpointId);
    if (!isKnown && this.producers.length >= admissionLimits.producers) return false;
    this.#producers.set(endpointId, expiresAtMs);
    if (!isKnown) this.#report(endpointId, true);
    return true;
  }

  /** Removes a producer. Returns `false` if it was not accepted. */
  remove(endpointId: EndpointId): boolean {
    const isKnown = this.#producers.delete(endpointId);
    if (isKnown) this.#report(endpointId, false);
    return isKnown;
  }

  /** Removes the producers whose acceptance is over. */
  sweep(): void {
    const nowMs = Date.now();
    for (const [endpointId, expiresAtMs] of this.#producers) {
      if (expiresAtMs <= nowMs) this.remove(endpointId);
    }
  }

  /**
   * Calls a listener with each producer that is accepted, and that is removed, from now on. Returns
   * a function that removes it. An error that it throws is ignored.
   */
  onChange(listener: MeshListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  has(endpointId: EndpointId): boolean {
    return (this.#producers.get(endpointId) ?? 0) > Date.now();
  }

  #report(endpointId: EndpointId, isAccepted: boolean): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(endpointId, isAccepted);
      } catch {
        // the producer is accepted or removed, also if a listener fails
      }
    }
  }
}

function checkHex(name: string, text: unknown): void {
  if (isHex(text, 32)) return;
  throw new AdmissionError("option", `option ${name} must be 64 lower-case hex characters`);
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
