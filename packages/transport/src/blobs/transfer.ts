// Transfers: promises with progress.
import type { NativeTransfer } from "@aster/native";
import { TransportError } from "../error.ts";
import { failureOf, operate } from "../quic/operation.ts";

export interface TransferProgress {
  readonly bytes: number;
  /**
   * The size of the blob. It is not known of collections and of pieces that are added. A download
   * reports the size that the provider announced, which is verified with the last bytes.
   */
  readonly totalBytes?: number | undefined;
}

export interface Transferred {
  readonly hash: string;
  /** The size of the blob, or of the list of hashes of a collection. */
  readonly sizeBytes: number;
}

/**
 * A transfer under way. As a promise it has the result. As an async iterable it yields the progress
 * when it has changed, at most 20 times per second, and ends or throws with the transfer.
 */
export interface Transfer extends Promise<Transferred>, AsyncIterable<TransferProgress> {}

/**
 * Starts a transfer. `feed` supplies its bytes; an error that it throws aborts the transfer and
 * becomes its error.
 */
export function transfer(
  start: () => NativeTransfer,
  signal: AbortSignal | undefined,
  feed?: () => Promise<void>,
): Transfer {
  let native: NativeTransfer | undefined;
  const run = async (): Promise<Transferred> => {
    if (signal?.aborted) throw aborted(signal);
    native = start();
    return await completed(native, signal, feed);
  };
  const result = run().catch((reason: unknown) => {
    throw failureOf(reason);
  });
  async function* progress(): AsyncGenerator<TransferProgress, void, undefined> {
    // the iteration below reports the error
    result.catch(() => {});
    for (;;) {
      const next = await operate(() => native?.progress());
      if (next === undefined || next === null) break;
      yield next;
    }
    await result;
  }
  return Object.assign(result, { [Symbol.asyncIterator]: progress });
}

async function completed(
  native: NativeTransfer,
  signal: AbortSignal | undefined,
  feed: (() => Promise<void>) | undefined,
): Promise<Transferred> {
  const abort = (): void => native.abort();
  let failed: { readonly reason: unknown } | undefined;
  signal?.addEventListener("abort", abort, { once: true });
  const feeding = feed?.().catch((reason: unknown) => {
    failed = { reason };
    native.abort();
  });
  try {
    const result = await native.result();
    await feeding;
    return result;
  } catch (reason) {
    if (failed !== undefined) throw failed.reason;
    if (signal?.aborted) throw aborted(signal);
    throw reason;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

function aborted(signal: AbortSignal): TransportError {
  return new TransportError("closed", "the transfer was aborted", { cause: signal.reason });
}
