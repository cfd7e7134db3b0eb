import type { FieldType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { Bind, ValueOps } from "../binding.ts";
import { anyOp } from "./any-op.ts";
import { arrayOp } from "./array-op.ts";
import { caseOp } from "./case-op.ts";
import { elementOf } from "./element-op.ts";
import { enumOp } from "./enum-op.ts";
import { extOp } from "./ext-op.ts";
import { listOp, setOp } from "./list-op.ts";
import { mapOp, recordOp } from "./map-op.ts";
import { scalarOp } from "./scalar-op.ts";
import { selfOp } from "./self-op.ts";
import { unionOp } from "./union-op.ts";
import type { AnyOp, ValueOp } from "./value-op.ts";

/**
 * Returns the ops of all types in one engine. Ops find the ops of their inner types through {@link
 * Bind.ops}, not by imports, as types may hold each other.
 */
export function valueOps(bind: () => Bind): ValueOps {
  const anyOps = new WeakMap<TypeScope, AnyOp>();
  return {
    of: (type, scope) => opOf(type, scope, bind()),
    self: (type, scope) => selfOp(type, scope, bind()),
    any(scope) {
      let op = anyOps.get(scope);
      if (!op) {
        op = anyOp(scope, bind());
        anyOps.set(scope, op);
      }
      return op;
    },
  };
}

function opOf(type: FieldType, scope: TypeScope, bind: Bind): ValueOp {
  switch (type.kind) {
    case "list":
      return listOp(elementOf(type.element, scope, bind));
    case "set":
      return setOp(elementOf(type.element, scope, bind));
    case "map": {
      const make = type.form === "record" ? recordOp : mapOp;
      return make(
        elementOf(type.key, scope, bind, "map"),
        elementOf(type.value, scope, bind, "map"),
      );
    }
    case "array":
      return arrayOp(type.element);
    case "enum":
      return enumOp(type, bind.profile);
    case "named_union":
      return caseOp(type, scope, bind);
    case "ext":
      return extOp(type, scope, bind);
    case "struct":
      return bind(type.info());
    case "union":
      return unionOp(type, bind);
    case "any":
      return bind.ops.any(scope);
    default:
      return scalarOp(type, bind.profile);
  }
}
