import type { WireField } from "../wire-type.ts";
import type { Bind } from "./binding.ts";
import { opOf } from "./ops.ts";
import type { TypePlan } from "./plan.ts";
import type { ValueOp } from "./value-op.ts";

/** The op of a field; structs as fields are preceded by their type info. */
export function fieldOp(field: WireField, plan: TypePlan, bind: Bind): ValueOp {
  const op = opOf(field.type, plan.info.scope, bind);
  return field.type.kind === "struct" ? withInfo(op) : op;
}

/** Values preceded by their type info. */
export function withInfo(op: ValueOp): ValueOp {
  return {
    ...op,
    write(w, value, depth) {
      op.writeInfo(w);
      op.write(w, value, depth);
    },
    read: (r, depth) => op.readInfo(r).read(r, depth),
  };
}
