import type { TypeScope } from "../../schema/type-scope.ts";
import { carrier } from "../../value-kind.ts";
import type { Bind } from "../binding.ts";
import { begin, readFlagged } from "../references.ts";
import type { TypeMeta } from "../type-meta.ts";
import { statedOp } from "./stated-op.ts";
import type { ValueOp } from "./value-op.ts";

/**
 * A struct of a type that this program does not have, decoded in a field of any type from the
 * definition in the message. It cannot be encoded.
 */
export class UnknownStruct {
  /** `namespace/Name`, or `#7` for a type with a number. */
  readonly tag: string;
  /** The values by their names on the wire, or `#3` for a field with a number. */
  readonly fields: ReadonlyMap<string, unknown>;

  static {
    Object.defineProperty(UnknownStruct.prototype, carrier, { value: "unknown" });
  }

  constructor(tag: string, fields: ReadonlyMap<string, unknown>) {
    this.tag = tag;
    this.fields = fields;
  }
}

/** Makes an op that reads structs of a type which only the message describes. */
export function unknownOp(meta: TypeMeta, scope: TypeScope, bind: Bind): ValueOp {
  const tag = meta.typeId === undefined ? meta.tag : `#${meta.typeId}`;
  const steps = meta.fields.map(({ name, fieldId, type }) => ({
    name: fieldId === undefined ? name : `#${fieldId}`,
    op: statedOp(type, scope, bind),
    flagged: type.nullable || type.shared,
  }));
  const self: ValueOp = {
    ...bind.ops.any(scope),
    cost: 64 + 64 * steps.length,
    shape: `unknown ${tag}`,
    read(r, depth, keeps) {
      r.checkDepth(depth);
      // a definition is read once, but every element may use it
      r.charge(64 + 64 * steps.length);
      const fields = new Map<string, unknown>();
      const value = new UnknownStruct(tag, fields);
      begin(r, value, self);
      for (const { name, op, flagged } of steps) {
        const item = flagged
          ? readFlagged(r, op, depth + 1, null, keeps)
          : op.read(r, depth + 1, keeps);
        fields.set(name, item);
      }
      return value;
    },
  };
  return self;
}
