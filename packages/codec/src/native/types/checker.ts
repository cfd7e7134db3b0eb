import type { NativeWriter } from "../writing/native-writer.ts";

/** Writes the values of one declared type, and checks what came from a peer. */
export interface NativeOp {
  /** Writes a value; throws `value` where it is not of the type. */
  write(w: NativeWriter, value: unknown, depth: number): void;
  /** Accepts a decoded value, or throws. Absent where there is nothing to check. */
  readonly check?: (c: Checker, value: unknown, depth: number) => void;
  /** Objects count once per form: the struct op that chooses what of an object is written, if any. */
  readonly form?: () => unknown;
}

/** Checks the decoded value of a message against its type, each object once per type. */

export class Checker {
  /** Whether generated code is left aside, so that errors say where. */
  readonly exact: boolean;
  readonly #maxDepth: number;
  /** What was checked, where objects may be shared: else a small message could take forever. */
  readonly #seen: Map<NativeOp, Set<unknown>> | undefined;
  readonly #later: (readonly [NativeOp, unknown])[] = [];

  constructor(maxDepth: number, shared: boolean, exact: boolean) {
    this.exact = exact;
    this.#maxDepth = maxDepth;
    this.#seen = shared ? new Map() : undefined;
  }

  /**
   * Whether a container is to be looked into now. One that was, is not; one that stands deeper than
   * messages nest, as references permit, comes later.
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

  /** Checks a value with all that it holds. */
  run(op: NativeOp, value: unknown): void {
    op.check?.(this, value, 1);
    for (let next = this.#later.pop(); next; next = this.#later.pop()) {
      next[0].check?.(this, next[1], 1);
    }
  }
}
