import type { NativeOp } from "./native-op.ts";

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
