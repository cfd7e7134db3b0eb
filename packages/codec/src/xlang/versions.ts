import { startsWith } from "../bytes/byte-reader.ts";
import type { Binding } from "./binding.ts";
import type { TypePlan } from "./plan.ts";
import type { TypeMeta } from "./type-meta.ts";
import type { ValueOp } from "./values/value-op.ts";

/**
 * The readers of one type by the definitions that describe it. A reader lives as long as its
 * definition, of which a bounded number is kept.
 */
export class Versions {
  readonly #plan: TypePlan;
  readonly #make: (meta: TypeMeta) => ValueOp;
  readonly #ops = new WeakMap<TypeMeta, ValueOp>();

  constructor(plan: TypePlan, make: (meta: TypeMeta) => ValueOp) {
    this.#plan = plan;
    this.#make = make;
  }

  of(meta: TypeMeta, ours: Binding): ValueOp {
    const own = this.#plan.definition;
    if (meta === own) return ours;
    let op = this.#ops.get(meta);
    if (!op) {
      const equal =
        own && own.bytes.length === meta.bytes.length && startsWith(meta.bytes, 0, own.bytes);
      op = equal ? ours : this.#make(meta);
      this.#ops.set(meta, op);
    }
    return op;
  }
}
