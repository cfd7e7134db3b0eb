import { bundleCodecChild } from "../bundle.ts";
import { percentile, round } from "../figure.ts";
import type { BenchOptions } from "../options.ts";
import { CodecProcess } from "./codec-process.ts";
import type { Operation } from "./contender.ts";
import type { CodecName, SuiteName } from "./suite.ts";
import { codecsOf, suiteNames } from "./suite.ts";

/** The figures of one codec in one suite. */
export interface CodecFigures {
  readonly bytes: number;
  /** The medians by operation. */
  readonly nanoseconds: Readonly<Partial<Record<Operation, number>>>;
}

export type CodecResults = Record<SuiteName, Partial<Record<CodecName, CodecFigures>>>;

/** Measures all suites and reports each to `progress`. */
export async function runCodec(
  options: BenchOptions,
  progress: (text: string) => void,
): Promise<CodecResults> {
  await using bundle = await bundleCodecChild();
  const results: Partial<CodecResults> = {};
  for (const suite of suiteNames) {
    progress(`${suite} …`);
    results[suite] = await runSuite(bundle.program, suite, options);
  }
  return results as CodecResults;
}

async function runSuite(
  program: string,
  suite: SuiteName,
  { windows, windowMs, warmUpMs }: BenchOptions,
): Promise<CodecResults[SuiteName]> {
  await using stack = new AsyncDisposableStack();
  const processes: CodecProcess[] = [];
  for (const codec of codecsOf(suite)) {
    processes.push(stack.use(await CodecProcess.start(program, suite, codec)));
  }
  const turns = processes.flatMap((process) =>
    process.operations.map((operation) => ({ process, operation, took: [] as number[] })),
  );
  for (const { process, operation } of turns) await process.window(operation, warmUpMs);
  // alternates between the codecs, so that other load on the machine affects all of them
  for (let round = 0; round < windows; round++) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
      turn.took.push(await turn.process.window(turn.operation, windowMs));
    }
  }
  return Object.fromEntries(
    processes.map((process) => [
      process.codec,
      {
        bytes: process.bytes,
        nanoseconds: Object.fromEntries(
          turns
            .filter((turn) => turn.process === process)
            .map(({ operation, took }) => [operation, median(took)]),
        ),
      },
    ]),
  );
}

function median(took: readonly number[]): number {
  return round(percentile(took, 0.5));
}
