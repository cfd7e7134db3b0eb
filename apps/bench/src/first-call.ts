import type { Bundle } from "./bundle.ts";
import type { Figures } from "./figure.ts";
import { percentile, round } from "./figure.ts";
import type { Pair } from "./pair.ts";
import { BenchProcess } from "./process.ts";

/**
 * Starts fresh client processes, alternating between the stacks; returns the medians of each stack.
 */
export async function measureFirstCall(
  bundle: Bundle,
  pairs: readonly [Pair, Pair],
  times: number,
): Promise<[Figures, Figures]> {
  const took = new Map<Pair, number[]>(pairs.map((pair) => [pair, []]));
  for (let turn = 0; turn < times; turn++) {
    for (const pair of turn % 2 === 0 ? pairs : [pairs[1], pairs[0]]) {
      await using fresh = await BenchProcess.start(bundle.client, [
        pair.stack,
        pair.server.address,
      ]);
      took.get(pair)?.push(fresh.sinceStartMs);
    }
  }
  const figuresOf = (pair: Pair): Figures => ({
    firstCall: round(percentile(took.get(pair) ?? [], 0.5)),
  });
  return [figuresOf(pairs[0]), figuresOf(pairs[1])];
}
