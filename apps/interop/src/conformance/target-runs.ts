import type { Row } from "./row.ts";
import { type Result, type RunOptions, runTarget } from "./run.ts";
import type { Target } from "./target.ts";

/**
 * Most of a run is waiting: while one target is looked at, so many after it run, too. In a full run they would keep each
 * other from being in time.
 */
const AHEAD = 1;

/** The runs of several targets. A target runs when it is asked for, or one shortly before it. */
export class TargetRuns {
  readonly #targets: readonly Target[];
  readonly #rowsOf: (target: Target) => readonly Row[];
  readonly #options: RunOptions;
  readonly #runs = new Map<Target, Promise<Result[]>>();

  constructor(
    targets: readonly Target[],
    rowsOf: (target: Target) => readonly Row[],
    options: RunOptions,
  ) {
    this.#targets = targets;
    this.#rowsOf = rowsOf;
    this.#options = options;
  }

  /** Results in the order of the rows. */
  of(target: Target): Promise<Result[]> {
    const at = this.#targets.indexOf(target);
    const ahead = this.#options.full ? 0 : AHEAD;
    for (const next of this.#targets.slice(at, at + 1 + ahead)) this.#run(next);
    return this.#run(target);
  }

  #run(target: Target): Promise<Result[]> {
    let run = this.#runs.get(target);
    if (run === undefined) {
      run = runTarget(target, this.#rowsOf(target), this.#options);
      // told to who asks for it
      run.catch(() => {});
      this.#runs.set(target, run);
    }
    return run;
  }
}
