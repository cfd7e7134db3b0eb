import type { Figures } from "./figure.ts";
import { percentile, round } from "./figure.ts";
import type { Load } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import type { Pair, Window } from "./pair.ts";

interface Measurement {
  readonly load: (windowMs: number) => Load;
  /** The figures of one stack's windows. */
  readonly read: (windows: readonly Window[]) => Figures;
}

const mebibyte = 1024 * 1024;

function median(windows: readonly Window[], pick: (window: Window) => number): number {
  return round(percentile(windows.map(pick), 0.5));
}

const perSecond = (window: Window): number => window.perSecond;

function unary(
  concurrency: number,
  more: (windows: readonly Window[]) => Figures = () => ({}),
): Measurement {
  return {
    load: (windowMs) => ({ kind: "unary", concurrency, windowMs }),
    read: (windows) => ({
      [`unary.c${concurrency}`]: median(windows, perSecond),
      ...more(windows),
    }),
  };
}

function measurements({ messages }: BenchOptions): readonly Measurement[] {
  return [
    unary(1, (windows) => ({
      p50: median(windows, ({ latenciesUs }) => percentile(latenciesUs, 0.5)),
      p99: median(windows, ({ latenciesUs }) => percentile(latenciesUs, 0.99)),
    })),
    unary(16),
    unary(64, (windows) => ({ "cpu.c64": median(windows, ({ cpuMicros }) => cpuMicros) })),
    unary(256),
    {
      load: (windowMs) => ({ kind: "stream", messages, windowMs }),
      read: (windows) => ({ stream: median(windows, perSecond) }),
    },
    {
      load: (windowMs) => ({ kind: "clientStream", messages, windowMs }),
      read: (windows) => ({ clientStream: median(windows, perSecond) }),
    },
    {
      load: (windowMs) => ({ kind: "bulk", concurrency: 8, windowMs }),
      read: (windows) => ({ bulk: median(windows, (window) => window.perSecond / mebibyte) }),
    },
  ];
}

/** Runs every load on both pairs by turns, the order changing from window to window, and returns the medians of each. */
export async function measureRpc(
  pairs: readonly [Pair, Pair],
  options: BenchOptions,
): Promise<[Figures, Figures]> {
  const plan = measurements(options).map((measurement) => ({
    ...measurement,
    windows: new Map<Pair, Window[]>(pairs.map((pair) => [pair, []])),
  }));
  for (const { load } of plan) {
    for (const pair of pairs) await pair.window(load(options.warmUpMs));
  }
  for (let turn = 0; turn < options.windows; turn++) {
    for (const { load, windows } of plan) {
      const order = turn % 2 === 0 ? pairs : [pairs[1], pairs[0]];
      for (const pair of order) windows.get(pair)?.push(await pair.window(load(options.windowMs)));
    }
  }
  const figuresOf = (pair: Pair): Figures =>
    Object.assign({}, ...plan.map(({ read, windows }) => read(windows.get(pair) ?? [])));
  return [figuresOf(pairs[0]), figuresOf(pairs[1])];
}
