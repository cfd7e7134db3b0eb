import type { ElementType, FieldType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { Bind } from "../binding.ts";
import type { Profile } from "../profile.ts";
import { anyOp } from "./any-op.ts";
import { arrayOp } from "./array-op.ts";
import { caseOp } from "./case-op.ts";
import { enumOp } from "./enum-op.ts";
import { extOp } from "./ext-op.ts";
import { type ElementOp, listOp, setOp } from "./list-op.ts";
import { mapOp, recordOp } from "./map-op.ts";
import { scalarOp } from "./scalar-op.ts";
import { unionOp } from "./union-op.ts";
import type { ValueOp } from "./value-op.ts";

/** The op of an element, key or value. */
export function elementOf(
  inner: ElementType,
  scope: TypeScope,
  bind: Bind,
  container: Container = "list",
): ElementOp {
  return {
    op: opOf(inner.type, scope, bind),
    nullable: inner.nullable || inner.type.kind === "any",
    optional: inner.optional,
    typed: typesElements(inner.type, bind.profile, container),
  };
}

export type Container = "list" | "map";

/** Whether elements of a declared type bring type info all the same. */
export function typesElements(type: FieldType, profile: Profile, container: Container): boolean {
  if (profile.id === "A") return false;
  if (type.kind === "struct") return container === "list" || profile.definitions;
  return type.kind === "ext" && container === "list";
}

/** The op of a field's type, with structs as one engine binds them. */
export function opOf(type: FieldType, scope: TypeScope, bind: Bind): ValueOp {
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
      return anyOp(scope, bind);
    default:
      return scalarOp(type, bind.profile);
  }
}
