import { type EndpointId, type Node, parseAddress } from "@aster/transport";
import { REVOCATIONS_ALPN } from "../protocol.ts";
import type { Revocations } from "../revocation/revocations.ts";
import { setTimeout } from "../timers.ts";
import type { RevocationNotice } from "./producer-notice.ts";
import { requestRevocations } from "./revocation-exchange.ts";

const DIAL_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const ATTEMPTS = 6;
/** Lists that are fetched at a time. */
const MOST_FETCHES = 4;
/** The time for which a member is ignored after it has announced a list that does not exist. */
const MISTRUST_MS = 60_000;
const MOST_MISTRUSTED = 1_024;

/** Fetches the lists of revoked endpoints that members announce. */
export class RevocationFetcher {
  readonly #node: Node;
  readonly #revocations: Revocations;
  readonly #mistrusted = new Map<EndpointId, number>();
  readonly #running = new Set<EndpointId>();
  #closed = false;
  #fetched = 0;
  #failed = 0;

  constructor(node: Node, revocations: Revocations) {
    this.#node = node;
    this.#revocations = revocations;
  }

  /** The lists that came into force, and the announcements that led to none. */
  get counts(): { readonly fetched: number; readonly failed: number } {
    return { fetched: this.#fetched, failed: this.#failed };
  }

  /**
   * Takes the list that `sender` announced, or fetches it from the sender, or from the neighbor
   * that delivered the announcement and may not have it yet. A member that announces another list
   * meanwhile is heard with its next announcement.
   */
  async announced(
    { sequence, list, address }: RevocationNotice,
    sender: EndpointId,
    neighbor: EndpointId,
  ): Promise<void> {
    const nowMs = performance.now();
    if (this.#has(sequence) || this.#running.has(sender)) return;
    if (list !== undefined && this.#take(list)) return;
    if (this.#running.size >= MOST_FETCHES) return;
    if ((this.#mistrusted.get(sender) ?? 0) > nowMs) return;
    this.#running.add(sender);
    try {
      const sources = new Set([addressOf(address, sender), neighbor, sender]);
      for (let attempt = 0; attempt < ATTEMPTS && !this.#isDone(sequence); attempt += 1) {
        if (attempt > 0) await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
        for (const source of sources) if (!this.#isDone(sequence)) await this.fetch(source);
      }
      if (!this.#isDone(sequence)) this.#mistrust(sender);
    } finally {
      this.#running.delete(sender);
    }
  }

  /** Fetches the list of a member, if it has a newer one. A failure has no effect. */
  async fetch(address: string): Promise<void> {
    try {
      const options = { raw: true, timeoutMs: DIAL_TIMEOUT_MS };
      const connection = await this.#node.connect(address, REVOCATIONS_ALPN, options);
      try {
        const sequence = this.#revocations.list?.sequence ?? 0;
        const text = await requestRevocations(connection, sequence);
        if (text !== undefined) this.#take(text);
      } finally {
        connection.close();
      }
    } catch {
      // the caller asks another member, or hears the next announcement
    }
  }

  close(): void {
    this.#closed = true;
  }

  /** Returns `false` for a list that is not valid, or not newer than the one in force. */
  #take(text: string): boolean {
    try {
      if (this.#closed || !this.#revocations.accept(text)) return false;
    } catch {
      return false;
    }
    this.#fetched += 1;
    return true;
  }

  #isDone(sequence: number): boolean {
    return this.#closed || this.#has(sequence);
  }

  #has(sequence: number): boolean {
    return (this.#revocations.list?.sequence ?? 0) >= sequence;
  }

  #mistrust(sender: EndpointId): void {
    this.#failed += 1;
    if (this.#mistrusted.size >= MOST_MISTRUSTED) this.#mistrusted.clear();
    this.#mistrusted.set(sender, performance.now() + MISTRUST_MS);
  }
}

/** The address in an announcement, if it is one of its sender. */
function addressOf(address: string | undefined, sender: EndpointId): string {
  try {
    if (address !== undefined && parseAddress(address).endpointId === sender) return address;
  } catch {
    // the id of the sender may be enough
  }
  return sender;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
