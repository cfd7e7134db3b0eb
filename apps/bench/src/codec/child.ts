import type { Operation } from "./contender.ts";
import { loadContender, operations } from "./contender.ts";
import type { CodecQuestion, CodecReport } from "./message.ts";
import { isSame } from "./same.ts";
import type { CodecName, SuiteName } from "./suite.ts";
import { suites } from "./suite.ts";

const suite = process.argv[2] as SuiteName;
const codec = process.argv[3] as CodecName;
const contender = await loadContender(codec, suite);

/** The last result, exported so that V8 cannot optimize calls away. */
export let last: unknown;

// twice, because the first message of a codec with shared records defines them
contender.encode();
// the class that users decode: Aster passes Uint8Arrays, sockets of Node pass Buffers
const bytes = codec.startsWith("ours")
  ? Uint8Array.from(contender.encode())
  : Buffer.from(contender.encode());

const decoded = contender.decode(bytes);
if (!isSame(decoded, suites[suite])) throw new Error("the codec does not decode what it encodes");
if (suite === "graph" && codec !== "JSON") {
  const { nodes } = decoded as typeof suites.graph;
  if (nodes.some(({ site }) => site !== nodes[0]?.site))
    throw new Error("a shared value was copied");
}

function runnerOf(operation: Operation): (() => unknown) | undefined {
  return operation === "decode" ? () => contender.decode(bytes) : contender[operation];
}

function nanoseconds(run: () => unknown, windowMs: number): number {
  let calls = 0;
  let batch = 1;
  const started = performance.now();
  let tookMs = 0;
  while (tookMs < windowMs) {
    for (let i = 0; i < batch; i++) last = run();
    calls += batch;
    tookMs = performance.now() - started;
    // reads the clock about twenty times per window
    batch = Math.max(1, Math.floor((calls * windowMs) / (20 * Math.max(tookMs, 0.01))));
  }
  return (tookMs * 1e6) / calls;
}

function tell(report: CodecReport): void {
  process.send?.(report);
}

process.on("message", ({ operation, windowMs }: CodecQuestion) => {
  const run = runnerOf(operation);
  if (run === undefined) throw new Error(`the codec has no operation ${operation}`);
  tell({ say: "took", nanoseconds: nanoseconds(run, windowMs) });
});
process.on("disconnect", () => process.exit());
tell({
  say: "ready",
  bytes: bytes.length,
  operations: operations.filter((operation) => runnerOf(operation) !== undefined),
});
