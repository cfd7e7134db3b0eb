import type { ElementType, FieldType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { Bind } from "../binding.ts";
import type { Profile } from "../profile.ts";
import type { ValueOp } from "./value-op.ts";

/** The op of an element, key or value of a container. */
export interface ElementOp {
  readonly op: ValueOp;
  readonly nullable: boolean;
  readonly optional: boolean;
  /**
   * True if type info is written although the type is declared. It then names the shape of the
   * values.
   */
  readonly typed: boolean;
}

/** Returns the part of a container's shape that describes its elements. */
export function elementShape({ op, nullable, optional }: ElementOp): string {
  return nullable ? `${op.shape}${optional ? " or undefined" : " or null"}` : op.shape;
}

export type Container = "list" | "map";

export function elementOf(
  inner: ElementType,
  scope: TypeScope,
  bind: Bind,
  container: Container = "list",
): ElementOp {
  return {
    op: bind.ops.of(inner.type, scope),
    nullable: inner.nullable || inner.type.kind === "any",
    optional: inner.optional,
    typed: typesElements(inner.type, bind.profile, container),
  };
}

/** Returns true if elements of a declared type have type info all the same. */
export function typesElements(type: FieldType, profile: Profile, container: Container): boolean {
  if (profile.id === "A") return false;
  if (type.kind === "struct") return container === "list" || profile.definitions;
  return type.kind === "ext" && container === "list";
}

/** Returns true if each value names its own type. */
export function isDynamic(type: FieldType): boolean {
  return ["any", "union", "ext", "named_union"].includes(type.kind);
}
