import { setTimeout as delay } from "node:timers/promises";
import type { EndpointAddress, EndpointId } from "../address/endpoint.ts";
import { TransportError } from "../error.ts";
import type { Doc } from "./doc.ts";
import type { DocEvent } from "./events.ts";
import { checkAborted } from "./pages.ts";
import type { DownloadPolicy } from "./policy.ts";

type SyncFinished = Extract<DocEvent, { kind: "syncFinished" }>;

const MAX_RETRIES = 10;
/** Enough for a sync in the other direction to begin. */
const MIN_RETRIES = 2;
const RETRY_DELAY_MS = 200;

export interface JoinDocOptions {
  /** Set before the first sync. Default: that of the document, at first everything. */
  readonly policy?: DownloadPolicy | undefined;
  /** Starts the sync. Default: true. */
  readonly sync?: boolean | undefined;
  /**
   * Waits until the entries of one peer have arrived (`"sync"`), and also for the downloads that
   * they started (`"content"`). Rejects with `"connect"` when the sync with every peer of the
   * source has failed. Default: does not wait.
   */
  readonly waitFor?: "sync" | "content" | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** Applies the options to a document that has been joined. After a failure it does not sync. */
export async function start(
  doc: Doc,
  peers: readonly EndpointAddress[],
  { policy, sync = true, waitFor, signal }: JoinDocOptions,
): Promise<void> {
  if (policy !== undefined) await doc.setDownloadPolicy(policy);
  if (!sync) return;
  const { syncing } = await doc.status();
  try {
    checkAborted(signal);
    if (waitFor === undefined) await doc.startSync(peers);
    else await firstSync(doc, peers, waitFor, signal);
  } catch (reason) {
    // a second failure would hide the first
    if (!syncing) await doc.leave().catch(() => {});
    throw reason;
  }
}

async function firstSync(
  doc: Doc,
  peers: readonly EndpointAddress[],
  waitFor: "sync" | "content",
  signal: AbortSignal | undefined,
): Promise<void> {
  const events = doc.subscribe({ signal });
  await doc.startSync(peers);
  const attempts = new Attempts(peers);
  for await (const event of events) {
    if (attempts.add(event)) {
      await delay(RETRY_DELAY_MS);
      await doc.startSync(peers);
    }
    if (attempts.synced && (waitFor === "sync" || event.kind === "pendingContentReady")) return;
  }
  checkAborted(signal);
}

/**
 * The results of the first syncs. A sync that the peer ended is complete if the peer began it, and
 * otherwise if both sides have the same entries. But a peer also ends the sync of a document that
 * it does not share, or that it syncs with this node at the same time. So this node tries again.
 * Only peers that share the document become neighbors.
 */
class Attempts {
  synced = false;
  readonly #pending: Set<EndpointId>;
  readonly #neighbors = new Set<EndpointId>();
  #retries = MAX_RETRIES;

  constructor(peers: readonly EndpointAddress[]) {
    this.#pending = new Set(peers.map(({ endpointId }) => endpointId));
  }

  /** Returns true when the sync has to be started again. Throws `"connect"` without any peer. */
  add(event: DocEvent): boolean {
    if (event.kind === "neighborUp") this.#neighbors.add(event.peer);
    // a sync is under way
    if (event.kind === "insertRemote") this.#retries = MAX_RETRIES;
    return event.kind === "syncFinished" && this.#finished(event);
  }

  #finished({ peer, origin, received, error }: SyncFinished): boolean {
    const endedByPeer = error === undefined && received === undefined;
    if (received !== undefined || (endedByPeer && origin === "accepted")) this.synced = true;
    if (endedByPeer && this.#retries <= MAX_RETRIES - MIN_RETRIES) {
      this.synced ||= this.#neighbors.has(peer);
    }
    if (this.synced || !this.#pending.has(peer)) return false;
    if (endedByPeer && this.#retries > 0) {
      this.#retries -= 1;
      return true;
    }
    this.#pending.delete(peer);
    if (this.#pending.size > 0) return false;
    const reason = error ?? "the last one does not share it";
    const text = `the document could not be synced with any of its peers: ${reason}`;
    throw new TransportError("connect", text);
  }
}
