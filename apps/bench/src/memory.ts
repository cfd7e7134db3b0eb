import type { Bundle } from "./bundle.ts";
import type { Figures } from "./figure.ts";
import { round } from "./figure.ts";
import { Pair } from "./pair.ts";

const concurrency = 64;

// V8 doubles the young generation when it likes to, long after the start; empty, it would still count
const youngGeneration = ["--min-semi-space-size=4", "--max-semi-space-size=4"];

/** How far the memory of two fresh processes grows over `calls` unary calls, after a tenth as many. */
export async function measureMemory(bundle: Bundle, calls: number): Promise<Figures> {
  await using pair = await Pair.start(bundle, "ours", youngGeneration);
  await pair.window({ kind: "calls", concurrency, calls: Math.ceil(calls / 10) });
  const before = await pair.residentBytes();
  await pair.window({ kind: "calls", concurrency, calls });
  const after = await pair.residentBytes();
  return { "memory.growth": round((after - before) / (1024 * 1024)) };
}
