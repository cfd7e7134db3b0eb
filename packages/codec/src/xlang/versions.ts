import { startsWith } from "../bytes/byte-reader.ts";
import type { Binding } from "./binding.ts";
import type { TypePlan } from "./plan.ts";
import type { TypeMeta } from "./type-meta.ts";
import type { ValueOp } from "./values/value-op.ts";

/**
 * Maximum number of foreign definitions of one type that are kept. The least recently used one is
 * dropped.
 */
const maxVersions = 10;

/** The readers of one type by the definitions that describe it. */
export class Versions {
  readonly #plan: TypePlan;
  readonly #make: (meta: TypeMeta) => ValueOp;
  readonly #ops = new Map<TypeMeta, ValueOp>();

  constructor(plan: TypePlan, make: (meta: TypeMeta) => ValueOp) {
    this.#plan = plan;
    this.#make = make;
  }

  of(meta: TypeMeta, ours: Binding): ValueOp {
    const own = this.#plan.definition;
    if (meta === own) return ours;
    let op = this.#ops.get(meta);
    if (op) {
      // the most recently used is last
      this.#ops.delete(meta);
    } else if (
      own &&
      own.bytes.length === meta.bytes.length &&
      startsWith(meta.bytes, 0, own.bytes)
    ) {
      op = ours;
    } else {
      op = this.#make(meta);
      if (this.#ops.size >= maxVersions)
        this.#ops.delete(this.#ops.keys().next().value as TypeMeta);
    }
    this.#ops.set(meta, op);
    return op;
  }
}
