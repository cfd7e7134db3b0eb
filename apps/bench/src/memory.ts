import type { Figures } from "./figure.ts";
import { round } from "./figure.ts";
import type { Pair } from "./pair.ts";

const concurrency = 64;

/** How far the memory of both processes grows after the first tenth of `calls` unary calls. */
export async function measureMemory(pair: Pair, calls: number): Promise<Figures> {
  const warmUp = Math.ceil(calls / 10);
  await pair.window({ kind: "calls", concurrency, calls: warmUp });
  const before = await pair.residentBytes();
  await pair.window({ kind: "calls", concurrency, calls: calls - warmUp });
  const after = await pair.residentBytes();
  return { "memory.growth": round((after - before) / (1024 * 1024)) };
}
