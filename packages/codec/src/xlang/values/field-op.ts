import type { FieldType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { WireField } from "../../schema/wire-type-info.ts";
import type { Bind } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import type { Profile } from "../profile.ts";
import { type ValueOp, withInfo } from "./value-op.ts";

/** Returns the op of a field. */
export function fieldOp(field: WireField, plan: TypePlan, bind: Bind): ValueOp {
  return fieldTypeOp(field.type, plan.info.scope, bind);
}

/** Returns the op of a field's type. Structs and exts as fields have their type info in front. */
export function fieldTypeOp(type: FieldType, scope: TypeScope, bind: Bind): ValueOp {
  const op = bind.ops.of(type, scope);
  return typesField(type, bind.profile) ? withInfo(op) : op;
}

/**
 * Returns the op of a field in a message that defines its types. All structs and exts have their
 * type info in front there.
 */
export function definedFieldOp(field: WireField, plan: TypePlan, bind: Bind): ValueOp {
  const op = fieldOp(field, plan, bind);
  const { kind } = field.type;
  const bare = (kind === "struct" || kind === "ext") && !typesField(field.type, bind.profile);
  return bare ? withInfo(op) : op;
}

/**
 * Returns true if fields of a type have type info. Types with a number have it only in messages
 * that define their types.
 */
export function typesField(type: FieldType, profile: Profile): boolean {
  const named = type.kind === "struct" ? type.info() : type.kind === "ext" ? type.named : undefined;
  return !!named && (profile.definitions || !profile.ids || named.typeId === undefined);
}
