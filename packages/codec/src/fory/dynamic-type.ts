import type { FieldType } from "../field-type.ts";

/** Whether each value says its own type. */
export function isDynamic(type: FieldType): boolean {
  return type.kind === "any" || type.kind === "union" || type.kind === "ext";
}
