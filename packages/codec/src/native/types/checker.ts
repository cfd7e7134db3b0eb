import { fail } from "../../failure.ts";
import type { NativeWriter } from "../writing/native-writer.ts";

/** The text of a repeated object in a place that keeps no references. */
export const undeclared: string =
  "an object that appears twice, although its type does not keep references: give the type " +
  "{ refs: true }, or the field .meta({ ref: true })";

/** The op of one declared type: it writes values, and checks decoded ones. */
export interface NativeOp {
  /**
   * Writes a value. Throws a `value` failure if it is not of the type. `keeps` is true if the field
   * around the value keeps references.
   */
  write(w: NativeWriter, value: unknown, depth: number, keeps?: boolean): void;
  /** Accepts a decoded value, or throws. Absent if there is nothing to check. */
  readonly check?: (c: Checker, value: unknown, depth: number, keeps?: boolean) => void;
  /** True if `check` looks at nothing but references. */
  readonly loose?: boolean;
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
  /** True if objects may repeat only where a type or field keeps references. */
  readonly strict: boolean;
  readonly #maxDepth: number;
  /**
   * The checked objects by their types, if objects may be shared. Otherwise a small message could
   * take exponential time.
   */
  readonly #seen: Map<NativeOp, Set<unknown>> | undefined;
  /** Made when the first container is too deep. */
  #later: (readonly [NativeOp, unknown])[] | undefined;
  /** All objects so far, and the instances of wire types among them, if the checker is strict. */
  readonly #known: Set<object> | undefined;
  readonly #instances: ReadonlyMap<object, NativeOp> | undefined;

  constructor(
    maxDepth: number,
    shared: boolean,
    exact: boolean,
    instances?: ReadonlyMap<object, NativeOp>,
  ) {
    this.exact = exact;
    this.strict = instances !== undefined;
    this.#maxDepth = maxDepth;
    this.#seen = shared ? new Map() : undefined;
    this.#instances = instances;
    this.#known = instances && new Set();
  }

  /** Returns true if an op has nothing to check in this message. */
  skips(op: NativeOp): boolean {
    return op.check === undefined || (op.loose === true && !this.strict);
  }

  /**
   * Returns true if a container must be checked now: not if it was checked before. Containers
   * deeper than the limit, which references make possible, are checked later.
   */
  enter(op: NativeOp, value: object, depth: number, keeps = false): boolean {
    if (this.#seen) {
      if (this.strict) this.#take(value, keeps);
      let seen = this.#seen.get(op);
      if (!seen) {
        seen = new Set();
        this.#seen.set(op, seen);
      }
      if (seen.has(value)) return false;
      if (depth <= this.#maxDepth) seen.add(value);
    }
    if (depth <= this.#maxDepth) return true;
    this.#later ??= [];
    this.#later.push([op, value]);
    return false;
  }

  /** Accepts an object without contents. */
  leaf(value: unknown, keeps = false): void {
    if (!this.strict || typeof value !== "object" || value === null) return;
    this.#take(value, keeps);
    if (ArrayBuffer.isView(value)) this.#take(value.buffer, keeps);
  }

  /** Accepts a value of any type. */
  any(value: unknown, keeps = false): void {
    if (!this.strict) return;
    const open = [value];
    while (open.length > 0) {
      const one = open.pop();
      if (typeof one !== "object" || one === null) continue;
      const struct = this.#instances?.get(one);
      if (struct) struct.check?.(this, one, 1, keeps);
      else if (!this.#take(one, keeps)) for (const part of partsOf(one)) open.push(part);
    }
  }

  /** Checks a value and everything in it. */
  run(op: NativeOp, value: unknown, keeps = false): void {
    op.check?.(this, value, 1, keeps);
    if (!this.#later) return;
    for (let next = this.#later.pop(); next; next = this.#later.pop()) {
      next[0].check?.(this, next[1], 1, true);
    }
  }

  /** Returns true if an object is known. Throws if that is not allowed. */
  #take(object: object, keeps: boolean): boolean {
    if (!this.#known?.has(object)) {
      this.#known?.add(object);
      return false;
    }
    if (!keeps) throw fail("mismatch", undeclared);
    return true;
  }
}

/** Returns the values inside an object of any type. */
function partsOf(object: object): Iterable<unknown> {
  if (Array.isArray(object) || object instanceof Set) return object as Iterable<unknown>;
  if (object instanceof Map) return [...object].flat();
  if (ArrayBuffer.isView(object)) return [object.buffer];
  if (object instanceof AggregateError) return [object.cause, object.errors];
  if (object instanceof Error) return [object.cause];
  return Object.getPrototypeOf(object) === Object.prototype ? Object.values(object) : [];
}
