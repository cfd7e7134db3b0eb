import type { Figures } from "./figure.ts";
import { percentile, round } from "./figure.ts";
import type { Load } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import type { Window } from "./pair.ts";

/** One stack under load. */
export interface Contestant {
  /** The names of its measurements. Default: all. */
  readonly loads?: readonly string[] | undefined;
  window(load: Load): Promise<Window>;
}

interface Measurement {
  readonly name: string;
  readonly load: (windowMs: number) => Load;
  /** Computes the figures of one stack from its windows. */
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
    name: `unary.c${concurrency}`,
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
    unary(64, (windows) => {
      const known = windows.filter(({ cpuMicros }) => cpuMicros !== undefined);
      return known.length === 0
        ? {}
        : { "cpu.c64": median(known, ({ cpuMicros = 0 }) => cpuMicros) };
    }),
    unary(256),
    {
      name: "stream",
      load: (windowMs) => ({ kind: "stream", messages, windowMs }),
      read: (windows) => ({ stream: median(windows, perSecond) }),
    },
    {
      name: "clientStream",
      load: (windowMs) => ({ kind: "clientStream", messages, windowMs }),
      read: (windows) => ({ clientStream: median(windows, perSecond) }),
    },
    {
      name: "bulk",
      load: (windowMs) => ({ kind: "bulk", concurrency: 8, windowMs }),
      read: (windows) => ({ bulk: median(windows, (window) => window.perSecond / mebibyte) }),
    },
  ];
}

/**
 * Runs every load on all contestants that support it. They alternate, in an order that changes from
 * window to window. Returns the medians of each contestant, in their order.
 */
export async function measureRpc(
  contestants: readonly Contestant[],
  options: BenchOptions,
): Promise<Figures[]> {
  const plan = measurements(options).map((measurement) => ({
    ...measurement,
    windows: new Map<Contestant, Window[]>(
      contestants
        .filter(({ loads }) => loads === undefined || loads.includes(measurement.name))
        .map((contestant) => [contestant, []]),
    ),
  }));
  for (const { load, windows } of plan) {
    for (const contestant of windows.keys()) await contestant.window(load(options.warmUpMs));
  }
  for (let turn = 0; turn < options.windows; turn++) {
    for (const { load, windows } of plan) {
      const order = turn % 2 === 0 ? [...windows] : [...windows].reverse();
      for (const [contestant, measured] of order) {
        measured.push(await contestant.window(load(options.windowMs)));
      }
    }
  }
  return contestants.map((contestant) =>
    Object.assign(
      {},
      ...plan.map(({ read, windows }) => {
        const measured = windows.get(contestant);
        return measured === undefined ? {} : read(measured);
      }),
    ),
  );
}
