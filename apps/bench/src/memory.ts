import type { Bundle } from "./bundle.ts";
import type { Figures } from "./figure.ts";
import { round } from "./figure.ts";
import { Pair } from "./pair.ts";

const concurrency = 64;

// V8 grows the young generation long after the start, and its empty space would count
const youngGeneration = ["--min-semi-space-size=4", "--max-semi-space-size=4"];

/**
 * Measures the memory growth of two fresh processes over `calls` unary calls, after a tenth as
 * many.
 */
export async function measureMemory(bundle: Bundle, calls: number): Promise<Figures> {
  await using pair = await Pair.start(bundle, "ours", youngGeneration);
  await pair.window({ kind: "calls", concurrency, calls: Math.ceil(calls / 10) });
  const before = await pair.residentBytes();
  await pair.window({ kind: "calls", concurrency, calls });
  const after = await pair.residentBytes();
  return { "memory.growth": round((after - before) / (1024 * 1024)) };
}
