import { bundleChildren } from "./bundle.ts";
import type { Results } from "./figure.ts";
import { compare } from "./figure.ts";
import { measureFirstCall } from "./first-call.ts";
import { measureMemory } from "./memory.ts";
import type { BenchOptions } from "./options.ts";
import { Pair } from "./pair.ts";
import { measureRpc } from "./rpc.ts";

/** Measures both stacks; `progress` hears what is going on. */
export async function run(
  options: BenchOptions,
  progress: (text: string) => void,
): Promise<Results> {
  await using bundle = await bundleChildren();
  await using ours = await Pair.start(bundle, "ours");
  await using theirs = await Pair.start(bundle, "grpc-js");
  const pairs = [ours, theirs] as const;

  progress("calls and streams …");
  const [mine, their] = await measureRpc(pairs, options);
  if (options.part === "all") {
    progress("first call …");
    const [myFirst, theirFirst] = await measureFirstCall(bundle, pairs, options.windows);
    progress("memory …");
    Object.assign(mine, myFirst, await measureMemory(bundle, "ours", options.calls));
    Object.assign(their, theirFirst, await measureMemory(bundle, "grpc-js", options.calls));
  }
  return compare(mine, their);
}
