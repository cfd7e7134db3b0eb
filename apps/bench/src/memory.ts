import type { Bundle } from "./bundle.ts";
import type { Figures } from "./figure.ts";
import { round } from "./figure.ts";
import { Pair } from "./pair.ts";
import type { StackName } from "./stack.ts";

const concurrency = 64;

/** How far the memory of two fresh processes grows after the first tenth of `calls` unary calls. */
export async function measureMemory(
  bundle: Bundle,
  stack: StackName,
  calls: number,
): Promise<Figures> {
  await using pair = await Pair.start(bundle, stack);
  const warmUp = Math.ceil(calls / 10);
  await pair.window({ kind: "calls", concurrency, calls: warmUp });
  const before = await pair.residentBytes();
  await pair.window({ kind: "calls", concurrency, calls: calls - warmUp });
  const after = await pair.residentBytes();
  return { "memory.growth": round((after - before) / (1024 * 1024)) };
}
