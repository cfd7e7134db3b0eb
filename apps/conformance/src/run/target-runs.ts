import type { Row } from "../row-kinds/row.ts";
import type { Target } from "../targets/target.ts";
import type { Result } from "./result.ts";
import type { RunOptions } from "./row-runner.ts";
import { runTarget } from "./run-target.ts";

/**
 * The number of targets that run ahead of the current one: rows mostly wait. Full runs use none,
 * because targets that compete for the machine miss their time limits.
 */
const AHEAD = 1;

/** The runs of several targets. A target starts when it is requested or shortly before. */
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

  /** Returns the results of a target in the order of the rows. */
  of(target: Target): Promise<Result[]> {
    const at = this.#targets.indexOf(target);
    const ahead = this.#options.full ? 0 : AHEAD;
    for (const next of this.#targets.slice(at, at + 1 + ahead)) this.#run(next);
    return this.#run(target);
  }

  /** Runs one row of a target by itself, with a client and a server of its own. */
  async again(target: Target, row: Row): Promise<Result> {
    const [result] = await runTarget(target, [row], this.#options);
    if (result === undefined) throw new TypeError(`${target.name} does not take the row`);
    return result;
  }

  #run(target: Target): Promise<Result[]> {
    let run = this.#runs.get(target);
    if (run === undefined) {
      run = runTarget(target, this.#rowsOf(target), this.#options);
      // a failure is reported when the results are requested
      run.catch(() => {});
      this.#runs.set(target, run);
    }
    return run;
  }
}
