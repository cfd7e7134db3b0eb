import type { NativeDocEntry, NativeDocEvent, NativeDocEvents } from "@aster/native";
import type { EndpointId } from "../address/endpoint.ts";
import { operate } from "../quic/operation.ts";
import { type DocEntry, entryOf } from "./entry.ts";

/**
 * An event of a document.
 *
 * - `"insertLocal"`: this node wrote an entry
 * - `"insertRemote"`: an entry of the peer `from` arrived; `content` is the part of its content
 *   that the store of this node has
 * - `"contentReady"`: the content with this hash has been downloaded
 * - `"pendingContentReady"`: the downloads of the last sync have ended; some may have failed
 * - `"neighborUp"`, `"neighborDown"`: a direct connection to a node of the document began or ended
 * - `"syncFinished"`: a sync with `peer`, which this node (`"dialed"`) or the peer began, has ended
 *   with `error` or with these numbers of entries; without both, the peer ended it: it had nothing
 *   more to send, or does not share the document
 * - `"lagged"`: `lost` events were dropped, because they were not read in time; query the document
 *   to see its present state
 */
export type DocEvent =
  | { readonly kind: "insertLocal"; readonly entry: DocEntry }
  | {
      readonly kind: "insertRemote";
      readonly entry: DocEntry;
      readonly from: EndpointId;
      readonly content: "complete" | "partial" | "missing";
    }
  | { readonly kind: "contentReady"; readonly hash: string }
  | { readonly kind: "pendingContentReady" }
  | { readonly kind: "neighborUp" | "neighborDown"; readonly peer: EndpointId }
  | {
      readonly kind: "syncFinished";
      readonly peer: EndpointId;
      readonly origin: "dialed" | "accepted";
      readonly received?: number | undefined;
      readonly sent?: number | undefined;
      readonly error?: string | undefined;
    }
  | { readonly kind: "lagged"; readonly lost: number };

/** Returns the events of a subscription. The signal, or the return of the iterator, closes it. */
export function eventsOf(
  native: NativeDocEvents,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<DocEvent, void, undefined> {
  const close = (): void => native.close();
  const read = async function* (): AsyncGenerator<DocEvent, void, undefined> {
    try {
      for (;;) {
        const batch = await operate(() => native.next());
        if (batch.length === 0) return;
        for (const event of batch) {
          if (signal?.aborted) return;
          yield eventOf(event);
        }
      }
    } finally {
      signal?.removeEventListener("abort", close);
      close();
    }
  };
  signal?.addEventListener("abort", close, { once: true });
  if (signal?.aborted) close();
  const events = read();
  return {
    next: () => events.next(),
    // before the first next() the generator does not run its finally
    return: async () => {
      signal?.removeEventListener("abort", close);
      close();
      return await events.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function eventOf(event: NativeDocEvent): DocEvent {
  const { kind, peer = "", hash = "", content = "missing", lost = 0, error } = event;
  const { received = 0, sent = 0 } = event;
  switch (kind) {
    case "insertLocal":
      return { kind, entry: entryOf(given(event.entry)) };
    case "insertRemote":
      return { kind, entry: entryOf(given(event.entry)), from: peer, content };
    case "contentReady":
      return { kind, hash };
    case "pendingContentReady":
      return { kind };
    case "neighborUp":
    case "neighborDown":
      return { kind, peer };
    case "syncFinished":
      return {
        kind,
        peer,
        origin: event.dialed ? "dialed" : "accepted",
        ...(error === undefined ? { received, sent } : failureOf(error)),
      };
    case "lagged":
      return { kind, lost };
    default:
      return kind satisfies never;
  }
}

/**
 * iroh-docs 0.101 with noq 1.4 reports every sync as failed that the other side ended first. The
 * exchange itself has been complete, or the peer has refused it.
 */
function failureOf(error: string): { readonly error?: string } {
  return error.startsWith("Failed to close") ? {} : { error };
}

function given(entry: NativeDocEntry | undefined): NativeDocEntry {
  if (entry === undefined) throw new Error("native: an event without its entry");
  return entry;
}
