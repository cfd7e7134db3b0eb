import type { ElementType, FieldType } from "../field-type.ts";
import type { TypeScope } from "../type-scope.ts";
import { anyOp } from "./any-op.ts";
import { arrayOp } from "./array-op.ts";
import type { Bind } from "./binding.ts";
import { enumOp } from "./enum-op.ts";
import { type ElementOp, listOp, setOp } from "./list-op.ts";
import { mapOp, recordOp } from "./map-op.ts";
import { scalarOp } from "./scalar-op.ts";
import { unionOp } from "./union-op.ts";
import type { ValueOp } from "./value-op.ts";

/** The op of a field's type, with structs as one engine binds them. */
export function opOf(type: FieldType, scope: TypeScope, bind: Bind): ValueOp {
  const element = (inner: ElementType): ElementOp => ({
    op: opOf(inner.type, scope, bind),
    nullable: inner.nullable || inner.type.kind === "any",
    optional: inner.optional,
  });
  switch (type.kind) {
    case "list":
      return listOp(element(type.element));
    case "set":
      return setOp(element(type.element));
    case "map": {
      const make = type.form === "record" ? recordOp : mapOp;
      return make(element(type.key), element(type.value));
    }
    case "array":
      return arrayOp(type.element);
    case "enum":
      return enumOp(type.values);
    case "struct":
      return bind(type.info());
    case "union":
      return unionOp(type, bind);
    case "any":
      return anyOp(scope, bind);
    default:
      return scalarOp(type);
  }
}
