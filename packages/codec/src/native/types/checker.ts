import type { NativeWriter } from "../writing/native-writer.ts";

/** The op of one declared type: it writes values, and checks decoded ones. */
export interface NativeOp {
  /** Writes a value. Throws a `value` failure if it is not of the type. */
  write(w: NativeWriter, value: unknown, depth: number): void;
  /** Accepts a decoded value, or throws. Absent if there is nothing to check. */
  readonly check?: (c: Checker, value: unknown, depth: number) => void;
  /**
   * The struct op that selects which properties of an object are written, if there is one. Two
   * forms of the same object get two numbers.
   */
  readonly form?: () => unknown;
}

/**
 * Checks a decoded message against its type: each object once per type. One checker serves one
 * message.
 */

export class Checker {
  /** True if generated code is not used, so that errors have a path. */
  readonly exact: boolean;
  readonly #maxDepth: number;
  /**
   * The checked objects by their types, if objects may be shared. Otherwise a small message could
   * take exponential time.
   */
  readonly #seen: Map<NativeOp, Set<unknown>> | undefined;
  readonly #later: (readonly [NativeOp, unknown])[] = [];

  constructor(maxDepth: number, shared: boolean, exact: boolean) {
    this.exact = exact;
    this.#maxDepth = maxDepth;
    this.#seen = shared ? new Map() : undefined;
  }

  /**
   * Returns true if a container must be checked now: not if it was checked before. Containers
   * deeper than the limit, which references make possible, are checked later.
   */
  enter(op: NativeOp, value: object, depth: number): boolean {
    if (this.#seen) {
      let seen = this.#seen.get(op);
      if (!seen) {
        seen = new Set();
        this.#seen.set(op, seen);
      }
      if (seen.has(value)) return false;
      if (depth <= this.#maxDepth) seen.add(value);
    }
    if (depth <= this.#maxDepth) return true;
    this.#later.push([op, value]);
    return false;
  }

  /** Checks a value and everything in it. */
  run(op: NativeOp, value: unknown): void {
    op.check?.(this, value, 1);
    for (let next = this.#later.pop(); next; next = this.#later.pop()) {
      next[0].check?.(this, next[1], 1);
    }
  }
}
