import type { Clock } from "./clock.ts";
import { RegistryError } from "./error.ts";

/** A promise and its end. */
export interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
}

export function deferred(): Deferred {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/**
 * Waits for an event, at most for a time. Rejects with {@link RegistryError} `"closed"` when the
 * signal fires.
 */
export async function waitWithin(
  clock: Clock,
  ms: number,
  event: Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = deferred();
  const stop = clock.after(ms, resolve);
  signal.addEventListener("abort", resolve);
  if (signal.aborted) resolve();
  await Promise.race([promise, event]);
  stop();
  signal.removeEventListener("abort", resolve);
  if (!signal.aborted) return;
  throw new RegistryError("closed", "the registry was closed, or the signal aborted", {
    cause: signal.reason,
  });
}
