import type { TypeScope } from "../../schema/type-scope.ts";
import type { Bind } from "../binding.ts";
import { begin, readFlagged } from "../references.ts";
import type { TypeMeta } from "../type-meta.ts";
import { statedOp } from "./stated-op.ts";
import type { ValueOp } from "./value-op.ts";

/**
 * A struct of a type that this program does not have, in a field of any type: what the message tells
 * about it. It holds values only, cannot be encoded, and stands for no class.
 */
export class UnknownStruct {
  /** `namespace/Name`, or `#7` for a type that goes by its number. */
  readonly tag: string;
  /** By their names on the wire, or `#3` for a field that goes by its number. */
  readonly fields: ReadonlyMap<string, unknown>;

  constructor(tag: string, fields: ReadonlyMap<string, unknown>) {
    this.tag = tag;
    this.fields = fields;
  }
}

/** Reads structs that a definition describes and no type of ours. */
export function unknownOp(meta: TypeMeta, scope: TypeScope, bind: Bind): ValueOp {
  const tag = meta.typeId === undefined ? meta.tag : `#${meta.typeId}`;
  const steps = meta.fields.map(({ name, fieldId, type }) => ({
    name: fieldId === undefined ? name : `#${fieldId}`,
    op: statedOp(type, scope, bind),
    flagged: type.nullable || type.shared,
  }));
  return {
    ...bind.ops.any(scope),
    cost: 64 + 64 * steps.length,
    shape: `unknown ${tag}`,
    read(r, depth) {
      r.checkDepth(depth);
      // a definition is read once, but may be used in every element
      r.charge(64 + 64 * steps.length);
      const fields = new Map<string, unknown>();
      const value = new UnknownStruct(tag, fields);
      begin(r, value, `unknown ${tag}`);
      for (const { name, op, flagged } of steps) {
        fields.set(name, flagged ? readFlagged(r, op, depth + 1, null) : op.read(r, depth + 1));
      }
      return value;
    },
  };
}
