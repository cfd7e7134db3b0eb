import type { Comparison, Figures } from "./figure.ts";
import { percentile, round } from "./figure.ts";
import type { Load } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import type { Window } from "./pair.ts";
import type { Contestant } from "./rpc.ts";

/** The windows of one turn: those of the open gate and of the closed one, one after the other. */
interface Turn {
  readonly open: Window;
  readonly closed: Window;
}

interface Value {
  readonly key: string;
  readonly of: (window: Window) => number | undefined;
}

/** More windows than other measurements: the bound is close to 1. */
const TURNS_PER_WINDOW = 3;

const plan: readonly { readonly concurrency: number; readonly values: readonly Value[] }[] = [
  { concurrency: 1, values: [{ key: "unary.c1", of: ({ perSecond }) => perSecond }] },
  {
    concurrency: 64,
    values: [
      { key: "unary.c64", of: ({ perSecond }) => perSecond },
      { key: "cpu.c64", of: ({ cpuMicros }) => cpuMicros },
    ],
  },
];

/**
 * Compares a server that admits peers by credentials and whose method requires a role with an open
 * one. The two alternate. A ratio is the median of the ratios of all turns, so that a change of the
 * load of the machine affects few of them.
 */
export async function measureClosedGate(
  open: Contestant,
  closed: Contestant,
  options: BenchOptions,
): Promise<Comparison> {
  const figures: Figures = {};
  const ratios: Figures = {};
  for (const { concurrency, values } of plan) {
    const load = (windowMs: number): Load => ({ kind: "unary", concurrency, windowMs });
    for (const one of [open, closed]) await one.window(load(options.warmUpMs));
    const turns: Turn[] = [];
    for (let turn = 0; turn < options.windows * TURNS_PER_WINDOW; turn++) {
      turns.push(await takeTurn(open, closed, load(options.windowMs), turn % 2 === 0));
    }
    for (const { key, of } of values) {
      figures[key] = median(turns.map((turn) => of(turn.closed)));
      ratios[key] = median(turns.map((turn) => quotient(of(turn.closed), of(turn.open))));
    }
  }
  return { figures, ratios };
}

async function takeTurn(
  open: Contestant,
  closed: Contestant,
  load: Load,
  openFirst: boolean,
): Promise<Turn> {
  if (openFirst) return { open: await open.window(load), closed: await closed.window(load) };
  const last = await closed.window(load);
  return { closed: last, open: await open.window(load) };
}

function quotient(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

function median(values: readonly (number | undefined)[]): number {
  return round(
    percentile(
      values.filter((value) => value !== undefined),
      0.5,
    ),
  );
}
