import { LineLimit } from "./line-limit.ts";
import type { Log, LogFields } from "./log.ts";

/** The most warnings of one kind in 10 s. */
const MOST_LINES = 20;

/** The warnings of a log that a peer can cause, so that it cannot fill a disk with them. */
export class LimitedWarnings {
  readonly #log: Log;
  readonly #limit = new LineLimit(MOST_LINES);

  constructor(log: Log) {
    this.#log = log;
  }

  /** Writes a warning, unless there were too many of its kind. */
  write(kind: string, logger: string, msg: string, fields: LogFields): void {
    if (!this.#log.enabled("warning", logger)) return;
    const suppressed = this.#limit.pass(kind);
    if (suppressed === undefined) return;
    const all = suppressed === 0 ? fields : { ...fields, suppressed };
    this.#log.write("warning", logger, msg, all);
  }
}
