import { TransportError } from "../error.ts";
import { operate } from "../quic/operation.ts";

/** A list of the native module. */
export interface PageList<Item> {
  /** Resolves with an empty array at the end. */
  next(): Promise<Item[]>;
  close(): void;
}

/** Yields the items of a list, which is read page by page as they are taken. */
export async function* itemsOf<Item>(
  list: PageList<Item>,
  signal?: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  try {
    for (;;) {
      checkAborted(signal);
      const page = await operate(() => list.next());
      if (page.length === 0) return;
      for (const item of page) {
        checkAborted(signal);
        yield item;
      }
    }
  } finally {
    list.close();
  }
}

/** Throws a `TransportError` `"closed"` when the signal is aborted. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new TransportError("closed", "the operation was aborted", { cause: signal.reason });
  }
}
