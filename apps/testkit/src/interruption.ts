/** Returns a signal that fires with SIGTERM and SIGINT. From then on they end the process. */
export function interruption(): AbortSignal {
  const end = new AbortController();
  const stop = (): void => end.abort();
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  return end.signal;
}

/** Resolves when the signal fires. */
export function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
