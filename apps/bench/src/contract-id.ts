import type { Bundle } from "./bundle.ts";
import type { Figures } from "./figure.ts";
import { percentile, round } from "./figure.ts";
import { BenchProcess } from "./process.ts";

/**
 * Computes the contract id of a large service in fresh processes; returns the median in
 * milliseconds.
 */
export async function measureContractId(bundle: Bundle, times: number): Promise<Figures> {
  const took: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    await using fresh = await BenchProcess.start(bundle.contractId);
    took.push(await fresh.contractIdMs());
  }
  return { contractId: round(percentile(took, 0.5)) };
}
