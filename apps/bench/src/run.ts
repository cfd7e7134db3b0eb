import { measureBeside } from "./beside.ts";
import { bundleChildren } from "./bundle.ts";
import { measureContractId } from "./contract-id.ts";
import type { Results } from "./figure.ts";
import { compare } from "./figure.ts";
import { measureFirstCall } from "./first-call.ts";
import { measureMemory } from "./memory.ts";
import type { BenchOptions } from "./options.ts";
import { Pair } from "./pair.ts";
import type { Contestant } from "./rpc.ts";
import { measureRpc } from "./rpc.ts";
import { buildEcho } from "./rust/build.ts";
import { RustPair } from "./rust/rust-pair.ts";
import type { StackName } from "./stack.ts";

/** Measures all stacks and reports each step to `progress`. */
export async function run(
  options: BenchOptions,
  progress: (text: string) => void,
): Promise<Results> {
  await using bundle = await bundleChildren();
  await using stack = new AsyncDisposableStack();
  const start = async (name: StackName): Promise<Pair> => stack.use(await Pair.start(bundle, name));
  const pairs = [await start("ours"), await start("grpc-js")] as const;
  const peers: Contestant[] = [];
  for (const name of options.peers) {
    if (name !== "rust") peers.push(await start(name));
    else {
      progress("building the echo of Rust …");
      peers.push(stack.use(await RustPair.start(await buildEcho())));
    }
  }

  progress("calls and streams …");
  const [ours = {}, grpc = {}, ...theirs] = await measureRpc([...pairs, ...peers], options);
  progress("closed gate …");
  const closedGate = await measureBeside(pairs[0], await start("ours-closed"), options);
  progress("interceptors …");
  const interceptors = await measureBeside(pairs[0], await start("ours-intercepted"), options);
  if (options.part === "all") {
    progress("first call …");
    const [ourFirst, grpcFirst] = await measureFirstCall(bundle, pairs, options.windows);
    Object.assign(ours, ourFirst, await measureContractId(bundle, options.windows));
    progress("memory …");
    Object.assign(ours, await measureMemory(bundle, options.calls));
    Object.assign(grpc, grpcFirst);
  }
  const others = new Map(options.peers.map((name, at) => [name, theirs[at] ?? {}]));
  return { ...compare(ours, grpc, others), closedGate, interceptors };
}
