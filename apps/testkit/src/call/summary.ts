/** The summary of the calls of one command. */
export interface Summary {
  /** Calls that ended with the expected code. */
  readonly ok: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Summarizes calls. */
export function summaryOf(calls: readonly { ok: boolean; ms: number }[]): Summary {
  const times = calls.map((call) => call.ms).sort((a, b) => a - b);
  const ok = calls.filter((call) => call.ok).length;
  return {
    ok,
    failed: calls.length - ok,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
  };
}

/** Returns the nearest-rank percentile of sorted values; 0 if there are none. */
function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(rank, 1) - 1] ?? 0;
}
