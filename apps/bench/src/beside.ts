import type { Comparison, Figures } from "./figure.ts";
import { percentile, round } from "./figure.ts";
import type { Load } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import type { Window } from "./pair.ts";
import type { Contestant } from "./rpc.ts";

/** The windows of one turn: one of plain Aster and one of the other, in either order. */
interface Turn {
  readonly plain: Window;
  readonly other: Window;
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
 * Compares Aster with a feature in use with plain Aster. The two alternate. A ratio is the median
 * of the ratios of all turns, so that a change of the load of the machine affects few of them.
 */
export async function measureBeside(
  plain: Contestant,
  other: Contestant,
  options: BenchOptions,
): Promise<Comparison> {
  const figures: Figures = {};
  const ratios: Figures = {};
  for (const { concurrency, values } of plan) {
    const load = (windowMs: number): Load => ({ kind: "unary", concurrency, windowMs });
    for (const one of [plain, other]) await one.window(load(options.warmUpMs));
    const turns: Turn[] = [];
    for (let turn = 0; turn < options.windows * TURNS_PER_WINDOW; turn++) {
      turns.push(await takeTurn(plain, other, load(options.windowMs), turn % 2 === 0));
    }
    for (const { key, of } of values) {
      figures[key] = median(turns.map((turn) => of(turn.other)));
      ratios[key] = median(turns.map((turn) => quotient(of(turn.other), of(turn.plain))));
    }
  }
  return { figures, ratios };
}

async function takeTurn(
  plain: Contestant,
  other: Contestant,
  load: Load,
  plainFirst: boolean,
): Promise<Turn> {
  if (plainFirst) return { plain: await plain.window(load), other: await other.window(load) };
  const last = await other.window(load);
  return { other: last, plain: await plain.window(load) };
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
