import type { FieldType } from "../../schema/field-type.ts";

/** Whether each value says its own type. */
export function isDynamic(type: FieldType): boolean {
  return ["any", "union", "ext", "named_union"].includes(type.kind);
}
