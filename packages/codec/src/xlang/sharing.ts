import { nestedTypes } from "../schema/nested-types.ts";
import type { WireField, WireTypeInfo } from "../schema/wire-type.ts";

/** Whether a field keeps references: it or its type asks for it. */
export function sharesField(field: WireField): boolean {
  return field.ref || (field.type.kind === "struct" && field.type.info().refs);
}

/** Whether references are kept anywhere inside values of some types. */
export function keepsReferences(roots: readonly WireTypeInfo[]): boolean {
  const seen = new Set<WireTypeInfo>(roots);
  for (const info of seen) {
    if (info.refs || info.fields.some(sharesField)) return true;
    for (const field of info.fields) {
      for (const inner of nestedTypes(field.type)) seen.add(inner);
    }
  }
  return false;
}
